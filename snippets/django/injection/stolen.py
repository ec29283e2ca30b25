# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
#     "gunicorn", "playwright",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# starts = ["chromium"]
# timeout = 120
# ///
from urllib.parse import urlencode

from acked.services import browser
from django.conf import settings

from csrf_shop import orders, serve, table

# --8<-- [start:comment]
COMMENT = "<img src=/none onerror=document.forms[0].submit()>"
# --8<-- [end:comment]
CSP = "django.middleware.csp.ContentSecurityPolicyMiddleware"
SETTINGS = {
    "Django's defaults": {},
    "`CSRF_COOKIE_HTTPONLY`": {"CSRF_COOKIE_HTTPONLY": True},
    "`CSRF_USE_SESSIONS`": {"CSRF_USE_SESSIONS": True},
    "`SECURE_CSP`, `'self'`": {
        "MIDDLEWARE": [*settings.MIDDLEWARE, CSP],
        "SECURE_CSP": {"default-src": ["'self'"]},
    },
}


def visit(chromium, shop, refused):
    """ann reads a comment; the cookies a script sees, and her orders."""
    orders()
    page = chromium.new_context().new_page()
    page.goto(f"{shop.url}/sign-in")
    page.goto(f"{shop.url}/form")
    cookies = page.evaluate("document.cookie")
    names = sorted(pair.split("=")[0] for pair in cookies.split("; "))
    address = f"{shop.url}/form?{urlencode({'comment': COMMENT})}"
    if refused:
        with page.expect_console_message(
            lambda message: "violates" in message.text
        ):
            page.goto(address)
    else:
        page.goto(address, wait_until="commit")  # it leaves at once
        page.wait_for_url(f"{shop.url}/order")
    made = orders()
    assert set(made) <= {"ann"}, made
    return ", ".join(f"`{name}`" for name in names), len(made)


rows = []
with browser() as chromium:
    for what, vary in SETTINGS.items():
        with serve(**vary) as shop:
            refused = "SECURE_CSP" in vary
            rows.append((what, *visit(chromium, shop, refused)))
table(("settings", "`document.cookie` sees", "orders by the comment"), *rows)
