"""The shop's settings, with this page's views and what the run asks for."""

import json
import os

from django.core.signals import request_started
from shop.settings import *  # noqa: F403
from shop.settings import DATABASES

ROOT_URLCONF = "views"
database = DATABASES["default"]
database["CONN_MAX_AGE"] = int(os.environ.get("CONN_MAX_AGE", 0))
database["ATOMIC_REQUESTS"] = "ATOMIC_REQUESTS" in os.environ
if "POOL" in os.environ:
    database["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 1}}
if "MIDDLEWARE" in os.environ:
    MIDDLEWARE = json.loads(os.environ["MIDDLEWARE"])
DEBUG = "DEBUG" in os.environ
# --8<-- [start:receivers]
if "NO_RECEIVERS" in os.environ:  # an experiment, not a setting to keep
    request_started.receivers = []
# --8<-- [end:receivers]
