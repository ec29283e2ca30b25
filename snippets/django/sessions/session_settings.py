"""A settings module: the shop, with the session engine of the environment."""

import os

from shop.settings import *  # noqa: F403

ROOT_URLCONF = os.environ.get("ROOT_URLCONF", "session_views")
SESSION_ENGINE = os.environ.get(
    "SESSION_ENGINE", "django.contrib.sessions.backends.db"
)
SESSION_FILE_PATH = os.environ.get("SESSION_FILE_PATH")
REDIS = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": os.environ.get("REDIS_URL", "redis://localhost:6379/0"),
    "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
}
CACHES = {
    "default": REDIS,
    "open": {**REDIS, "BACKEND": "fail_open.FailOpenRedisCache"},
    "locmem": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
SESSION_CACHE_ALIAS = os.environ.get("SESSION_CACHE_ALIAS", "default")
# Passwords are changed many times here; slow hashes teach nothing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
