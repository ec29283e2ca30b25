"""The shop's settings, with tasks kept in the database."""

from shop.settings import *  # noqa: F403
from shop.settings import INSTALLED_APPS

# --8<-- [start:settings]
INSTALLED_APPS = [*INSTALLED_APPS, "django_tasks_db"]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# --8<-- [end:settings]
