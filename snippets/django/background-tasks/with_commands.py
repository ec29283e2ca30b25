"""The shop's settings, with an app of management commands."""

from shop import settings
from shop.settings import *  # noqa: F403

INSTALLED_APPS = [*settings.INSTALLED_APPS, "nightjobs"]
