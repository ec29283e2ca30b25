"""The shop's settings, with what an experiment changes in DATABASES."""

import json
import os

from shop.settings import *  # noqa: F403
from shop.settings import DATABASES

DATABASES["default"] |= json.loads(os.environ.get("DATABASE_SETTINGS", "{}"))
ROOT_URLCONF = "lost_views"

if "REUSE" in os.environ:
    CELERY_DB_REUSE_MAX = int(os.environ["REUSE"])
