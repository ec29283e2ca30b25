"""A page that shows what a visitor typed, without a policy."""

from pathlib import Path

from shop.settings import *  # noqa: F403
from shop.settings import TEMPLATES

ROOT_URLCONF = "xss_views"
TEMPLATES[0]["DIRS"] = [Path(__file__).parent]
