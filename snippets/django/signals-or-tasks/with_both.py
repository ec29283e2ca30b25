"""The shop's settings, with the app that works in two ways."""

from shop.settings import *  # noqa: F403

INSTALLED_APPS += ["both"]  # noqa: F405
