"""The shop's settings, with the app that sends receipts."""

from shop.settings import *  # noqa: F403

INSTALLED_APPS += ["receipts"]  # noqa: F405
