"""The shop's settings, with the app of the slow mail."""

from shop.settings import *  # noqa: F403

INSTALLED_APPS += ["gate"]  # noqa: F405
ROOT_URLCONF = "gate"
