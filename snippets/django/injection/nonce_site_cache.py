"""The cache of the whole site around everything."""

from nonce_settings import *  # noqa: F403
from nonce_settings import MIDDLEWARE

# --8<-- [start:site]
MIDDLEWARE.insert(0, "django.middleware.cache.UpdateCacheMiddleware")
MIDDLEWARE.append("django.middleware.cache.FetchFromCacheMiddleware")
# --8<-- [end:site]
