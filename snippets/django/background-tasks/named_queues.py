"""As with_tasks, but each experiment has a queue of its own."""

from with_tasks import *  # noqa: F403

TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}
}
ROOT_URLCONF = "thread_views"
