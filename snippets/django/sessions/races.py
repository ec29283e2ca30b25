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

from concurrent.futures import ThreadPoolExecutor

from acked.services import wait_until
from django.db import connection
from shop.script import start, table

os.environ["ROOT_URLCONF"] = "race_views"
start()

from django.contrib.auth.models import User

from engines import ENGINES, browser, cookie_of, using
from race_views import meeting


def put(cookie, item):
    """The status of one request, and the cookie that it leaves."""
    try:
        client = browser(cookie)
        status = client.get(f"/put/{item}").status_code
        return status, cookie_of(client)
    finally:
        connection.close()


def signed_in():
    client = browser()
    client.get("/sign_in")
    return cookie_of(client)


# --8<-- [start:races]
def two_at_once():
    cookie = signed_in()
    with ThreadPoolExecutor(2) as pool:
        (_, cookie), _ = pool.map(put, [cookie, cookie], ["milk", "bread"])
    cart = browser(cookie).get("/read").text
    return sum(item in cart for item in ("milk", "bread"))


def logout_meanwhile():
    cookie = signed_in()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(put, cookie, "milk")
        wait_until(lambda: meeting.n_waiting)
        browser(cookie).get("/sign_out")
        meeting.wait(30)
    status, cookie = slow.result()
    return status, browser(cookie).get("/user").text
# --8<-- [end:races]


User.objects.create(username="ann")
rows = []
for engine in ENGINES:
    with using(engine):
        rows.append((f"`{engine}`", two_at_once(), *logout_meanwhile()))
table(
    (
        "engine",
        "two requests add an item each: saved",
        "logout meanwhile: the slow one's status",
        "its cookie then is",
    ),
    *rows,
)
