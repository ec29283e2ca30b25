"""A settings module: the views lie in the snippet itself."""

from shop.settings import *  # noqa: F403

ROOT_URLCONF = "__main__"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
