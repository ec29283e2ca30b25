# /// script
# requires-python = ">=3.12"
# dependencies = ["Django"]
#
# [tool.acked]
# environments = ["django-5-2", "django-cron-old"]
# timeout = 60
# ///
import importlib
import json
import sys

import django
from acked import environments
from acked.lab import table
from django.conf import settings

PLACES = (
    "django.db.models:QuerySet.aget",
    "django.db.models:Model.asave",
    "django.dispatch:Signal.asend",
    "django.contrib.sessions.backends.base:SessionBase.aget",
    "django.contrib.auth.backends:ModelBackend.aauthenticate",
    "django.core.paginator:AsyncPaginator",
    "django.tasks:task",
    "django.db.transaction:Atomic.__aenter__",
)


def exists(place):
    module, _, path = place.partition(":")
    try:
        found = importlib.import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
    except (ImportError, AttributeError):
        return "no"
    return "yes"


def look():
    apps = ["django.contrib.auth", "django.contrib.contenttypes"]
    settings.configure(INSTALLED_APPS=apps)
    django.setup()
    return [django.get_version()[:3], *map(exists, PLACES)]


def look_in(environment):
    return json.loads(environments.run(environment, __file__, "--look"))


if "--look" in sys.argv:
    print(json.dumps(look()))
else:
    versions = [look_in("django-cron-old"), look_in("django-5-2"), look()]
    names = [f"`{place.replace(':', '.')}`" for place in PLACES]
    table(*zip(["Django", *names], *versions, strict=True))
