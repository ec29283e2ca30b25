"""The settings for tasks with a schedule."""

import os

from with_tasks import *  # noqa: F403
from with_tasks import INSTALLED_APPS as WITH_TASKS

INSTALLED_APPS = [*WITH_TASKS, "crontask", "reports"]
CRONTASK = {}
if "LOCK" in os.environ:
    CRONTASK = {
        "REDIS_URL": os.environ["REDIS_URL"],
        "LOCK_REFRESH_INTERVAL": 1,
        "LOCK_TIMEOUT": 5,
        "LOCK_BLOCKING_TIMEOUT": float(os.environ["LOCK"]),
    }
