"""The same shop, with what Django leaves to you."""

from django.utils.csp import CSP

from csrf_settings import *  # noqa: F403
from csrf_settings import MIDDLEWARE

# --8<-- [start:hardened]
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 3600  # raise it once all of the site works on HTTPS
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
MIDDLEWARE.append("django.middleware.csp.ContentSecurityPolicyMiddleware")
SECURE_CSP = {"default-src": [CSP.SELF]}
# --8<-- [end:hardened]
