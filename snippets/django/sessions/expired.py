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

import time

from django.core.management import call_command
from django.test.utils import override_settings
from shop.script import start, table

start()

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session

from engines import ENGINES, browser, cookie_of, server, using


def signed_in():
    clients = []
    for engine in ENGINES:
        with using(engine):
            clients.append(browser())
            clients[-1].get("/sign_in")
    return clients


def stored(key):
    """Where this session still lies, asked behind Django's back."""
    folder = Path(os.environ["SESSION_FILE_PATH"])
    places = {
        "row": Session.objects.filter(session_key=key),
        "key": [name for name in server.scan_iter() if key.encode() in name],
        "file": list(folder.glob(f"*{key[:32]}")),
    }
    return " and ".join(name for name, found in places.items() if found)


def stored_by(clients):
    return [stored(cookie_of(client)) for client in clients]


def reads(clients):
    return [client.get("/read").text for client in clients]


def clear(engine):
    with using(engine):
        call_command("clearsessions")


def ends_soon(engine):
    with using(engine) as SessionStore:
        session = SessionStore()
        session["cart"] = "3 books"
        session.set_expiry(1)
        session.save()
        return SessionStore(session.session_key)


# --8<-- [start:expire]
def expire():
    away = signed_in()
    before = stored_by(away)
    silent, readers = signed_in(), signed_in()
    for _ in range(9):
        time.sleep(0.5)
        seen = reads(readers)
    after, answers = stored_by(away), reads(silent)
    for engine in ENGINES:
        clear(engine)
    return before, after, stored_by(away), answers, seen
# --8<-- [end:expire]


def keep_reading():
    readers = signed_in()
    for _ in range(9):
        time.sleep(0.5)
        seen = reads(readers)
    return seen


User.objects.create(username="ann")
short = [ends_soon(engine) for engine in ENGINES]
with override_settings(SESSION_COOKIE_AGE=3):
    facts = expire()
    with override_settings(SESSION_SAVE_EVERY_REQUEST=True):
        saved = keep_reading()
ended = [session.get("cart", "nobody") for session in short]
table(
    (
        "engine",
        "stored",
        "after expiry",
        "after `clearsessions`",
        "old cookie",
        "read every 0.5 s",
        "the same, `SESSION_SAVE_EVERY_REQUEST`",
        "old cookie after `set_expiry(1)`",
    ),
    *zip(
        [f"`{engine}`" for engine in ENGINES], *facts, saved, ended, strict=True
    ),
)
