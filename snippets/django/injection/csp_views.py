"""The same pages with four policies."""

from django.conf import settings
from django.urls import path
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override, csp_report_only_override

from xss_views import format_f_string, profile, response

SELF = {"default-src": [CSP.SELF]}


def report_only(view):
    observed = csp_report_only_override(settings.SECURE_CSP)
    return observed(csp_override({})(view))


POLICIES = {
    "none": csp_override({}),
    "self": csp_override(SELF),
    "nonce": lambda view: view,
    "report": report_only,
}
urlpatterns = [
    path(f"{name}/{view.__name__}", policy(view))
    for name, policy in POLICIES.items()
    for view in (profile, response, format_f_string)
]
