"""The shop's settings, with django-cron."""

from shop import settings
from shop.settings import *  # noqa: F403

# --8<-- [start:cron]
INSTALLED_APPS = [*settings.INSTALLED_APPS, "django_cron"]
CRON_CLASSES = ["my_cron.MyCronJob"]
# --8<-- [end:cron]
