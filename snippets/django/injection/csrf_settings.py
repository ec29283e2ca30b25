"""A small shop with a session; what an experiment varies is in VARY."""

import json
import os
from pathlib import Path

from shop.settings import *  # noqa: F403
from shop.settings import TEMPLATES

ROOT_URLCONF = "csrf_views"
TEMPLATES[0]["DIRS"] = [Path(__file__).parent]
# --8<-- [start:log]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django.security": {"handlers": ["stderr"]}},
}
# --8<-- [end:log]
globals().update(json.loads(os.environ.get("VARY", "{}")))
