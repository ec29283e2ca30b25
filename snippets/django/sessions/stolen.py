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

from django.conf import settings
from django.test.utils import override_settings
from shop.script import start, table

start()

from django.contrib.auth.models import User

from engines import ENGINES, browser, cookie_of, using

ann = User.objects.create_user("ann", password="old")


# --8<-- [start:stolen]
def signed_in():
    client = browser()
    client.get("/write")
    before = cookie_of(client)
    client.get("/sign_in")
    assert client.get("/user").text == "ann"
    return client, before != cookie_of(client)


def after_logout():
    client, _ = signed_in()
    stolen = cookie_of(client)
    client.get("/sign_out")
    return browser(stolen).get("/user").text


def after_new_password():
    client, _ = signed_in()
    ann.set_password("new")
    ann.save()
    return browser(cookie_of(client)).get("/user").text


def after_new_secret_key(**fallbacks):
    client, _ = signed_in()
    with override_settings(SECRET_KEY="another", **fallbacks):
        later = browser(cookie_of(client))
        return later.get("/read").text, later.get("/user").text


def invented_key():
    client = browser("a" * 32)
    client.get("/write")
    return cookie_of(client) == "a" * 32
# --8<-- [end:stolen]


def measure(engine):
    with using(engine):
        _, changed = signed_in()
        kept = {"SECRET_KEY_FALLBACKS": [settings.SECRET_KEY]}
        return (
            f"`{engine}`",
            "yes" if changed else "no",
            "adopted" if invented_key() else "replaced",
            after_logout(),
            after_new_password(),
            " / ".join(after_new_secret_key()),
            " / ".join(after_new_secret_key(**kept)),
        )


table(
    (
        "engine",
        "login changes the key",
        "an invented key is",
        "old cookie after logout",
        "after a new password",
        "after a new `SECRET_KEY`: cart / user",
        "with `SECRET_KEY_FALLBACKS`",
    ),
    *(measure(engine) for engine in ENGINES),
)
