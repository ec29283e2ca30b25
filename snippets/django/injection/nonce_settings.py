"""Cached pages under a policy with a nonce."""

from csp_settings import *  # noqa: F403

ROOT_URLCONF = "nonce_views"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
