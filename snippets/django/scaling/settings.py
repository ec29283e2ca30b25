"""The shop's settings, with this page's views and what the run asks for."""

import json
import os

from shop.settings import *  # noqa: F403
from shop.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.postgres"]
ROOT_URLCONF = "views"
SESSION_ENGINE = os.environ.get(
    "SESSION_ENGINE", "django.contrib.sessions.backends.db"
)
if "LOCMEM" in os.environ:
    BACKEND = "django.core.cache.backends.locmem.LocMemCache"
    CACHES = {"default": {"BACKEND": BACKEND}}
DEBUG = "DEBUG" in os.environ
DATABASES["default"].update(json.loads(os.environ.get("DATABASE", "{}")))
