"""The shop's settings, with an app that starts a scheduler in each process."""

from shop import settings
from shop.settings import *  # noqa: F403

DEBUG = True  # runserver
INSTALLED_APPS = [*settings.INSTALLED_APPS, "scheduler.SchedulerConfig"]
