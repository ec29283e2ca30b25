"""The shop with the polite middleware."""

from lost_settings import *  # noqa: F403
from lost_settings import MIDDLEWARE

MIDDLEWARE = [*MIDDLEWARE, "polite.SayUnavailable"]
ROOT_URLCONF = "polite_urls"
