"""The shop's settings, with the app that listens."""

from shop.settings import *  # noqa: F403

INSTALLED_APPS += ["audit.AuditConfig"]  # noqa: F405
ROOT_URLCONF = "audit"
