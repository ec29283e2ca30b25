"""The shop's settings, with the views that start threads."""

import os

from shop.settings import *  # noqa: F403

ROOT_URLCONF = "thread_views"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "file": {
            "class": "logging.FileHandler",
            "filename": os.environ.get("LOG", os.devnull),
            "level": "ERROR",
        }
    },
    "root": {"handlers": ["file"]},
}
