# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "redis"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 120
# ///
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))
os.environ["DJANGO_SETTINGS_MODULE"] = "session_settings"
os.environ["SESSION_FILE_PATH"] = tempfile.mkdtemp()

from shop.script import start, table

start()

from django.contrib.auth.models import User
from django.core.cache import cache

from engines import ENGINES, browser, cookie_of, using


# --8<-- [start:move]
def sign_in(engine):
    with using(engine):
        client = browser()
        client.get("/sign_in")
        return cookie_of(client)


def user_after(old, new):
    cookie = sign_in(old)
    with using(new):
        return browser(cookie).get("/user").text


def elsewhere(clear):
    """Log in on cached_db, out on db; who is it on cached_db then?"""
    cookie = sign_in("cached_db")
    with using("db"):
        browser(cookie).get("/sign_out")
    if clear:
        cache.clear()
    with using("cached_db"):
        return browser(cookie).get("/user").text
# --8<-- [end:move]


User.objects.create(username="ann")
table(
    ("from \\ to", *(f"`{new}`" for new in ENGINES)),
    *(
        (f"`{old}`", *(user_after(old, new) for new in ENGINES))
        for old in ENGINES
    ),
    ("`cached_db`, logout on `db`, then", "", "", elsewhere(False), "", ""),
    ("the same, cache cleared before", "", "", elsewhere(True), "", ""),
)
