"""The shop's settings, with django-tasks-db as the backend of django.tasks."""

from shop import settings
from shop.settings import *  # noqa: F403

# --8<-- [start:tasks]
INSTALLED_APPS = [*settings.INSTALLED_APPS, "django_tasks_db"]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# --8<-- [end:tasks]
