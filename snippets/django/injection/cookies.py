# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
#     "gunicorn", "httpx",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# timeout = 120
# ///
from http.cookies import SimpleCookie

import httpx

from csrf_shop import serve, table

# gunicorn believes this header from 127.0.0.1; see proxy.py.
HTTPS = {"X-Forwarded-Proto": "https"}
HEADERS = (
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Strict-Transport-Security",
    "Content-Security-Policy",
)
COOKIES = ("sessionid", "csrftoken", "theme")


def seen(settings):
    """The flags of the cookies, and the headers, of one answer over HTTPS."""
    with serve(settings) as server:
        answer = httpx.get(f"{server.url}/sign-in", headers=HTTPS)
    assert answer.status_code == 200
    found = {}
    for line in answer.headers.get_list("Set-Cookie"):
        for name, cookie in SimpleCookie(line).items():
            same_site = f"SameSite={cookie['samesite']}"
            flags = {
                "HttpOnly": cookie["httponly"],
                "Secure": cookie["secure"],
                same_site: cookie["samesite"],
            }
            found[f"cookie `{name}`"] = ", ".join(
                f"`{flag}`" for flag, is_set in flags.items() if is_set
            )
    assert len(found) == len(COOKIES)
    for name in HEADERS:
        value = answer.headers.get(name)
        found[f"header `{name}`"] = f"`{value}`" if value else ""
    return found


default, hardened = seen("csrf_settings"), seen("hardened")
table(
    ("what the browser is told", "Django's defaults", "`hardened`"),
    *(
        (what, default[what] or "not sent", hardened[what] or "not sent")
        if what.startswith("header")
        else (what, default[what] or "no flag", hardened[what] or "no flag")
        for what in sorted(default)
    ),
)
