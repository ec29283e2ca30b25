"""The same, with Django's own Content Security Policy (6.0 and later)."""

from django.utils.csp import CSP

from xss_settings import *  # noqa: F403
from xss_settings import MIDDLEWARE, TEMPLATES

ROOT_URLCONF = "csp_views"
# --8<-- [start:csp]
MIDDLEWARE.append("django.middleware.csp.ContentSecurityPolicyMiddleware")
TEMPLATES[0]["OPTIONS"]["context_processors"].append(
    "django.template.context_processors.csp"
)
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
# --8<-- [end:csp]
