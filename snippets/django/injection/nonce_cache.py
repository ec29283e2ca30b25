# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "celery[redis]", "dj-database-url", "gunicorn", "playwright",
#     "psycopg[binary]",
# ]
#
# [tool.acked]
# starts = ["chromium"]
# timeout = 120
# ///
import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from acked.services import Gunicorn, browser
from shop.script import table

PATH = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])


def serve(settings):
    env = {"DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": PATH}
    return Gunicorn("shop.wsgi", PROJECT, env=env)


def visits(server, path):
    """Two visitors: does the script work for them, and with which nonce?"""
    works, nonces = [], []
    for _ in range(2):
        page = chromium.new_context().new_page()
        answer = page.goto(server.url + path)
        works.append("works" if page.title() == "works" else "**blocked**")
        policy = answer.headers["content-security-policy"]
        nonces.append(re.findall("nonce-([^']+)", policy))
    if not nonces[1]:
        second = "**none**"
    else:
        second = "**the first's**" if nonces[0] == nonces[1] else "new"
    return *works, second


with (
    serve("nonce_settings") as own,
    serve("nonce_site_cache") as site,
    browser() as chromium,
):
    table(
        (
            "the page is kept by",
            "script, 1st visitor",
            "script, 2nd visitor",
            "the 2nd header's nonce",
        ),
        ("nobody", *visits(own, "/page")),
        ("`cache_page`", *visits(own, "/cached")),
        ("`UpdateCacheMiddleware`", *visits(site, "/page")),
    )
