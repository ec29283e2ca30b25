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

import pickle
from datetime import datetime

from django.core import signing
from django.db import connection
from shop.script import start, table

start()

from engines import ENGINES, forget_all, server, using


# --8<-- [start:look]
def table_of_sessions():
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        return [data for [data] in cursor.fetchall()]


def redis_keys():
    return [server.get(key) for key in server.scan_iter()]


def files():
    folder = Path(os.environ["SESSION_FILE_PATH"])
    return [file.read_text() for file in folder.iterdir()]


def cookie(session):
    return [session.session_key] if ":" in session.session_key else []


def form_of(data):
    if isinstance(data, bytes):
        assert pickle.loads(data) == {"cart": "3 books"}
        return "pickle"
    payload, timestamp, signature = data.split(":")
    assert signing.b64_decode(payload.encode()) == b'{"cart":"3 books"}'
    return "signed JSON"
# --8<-- [end:look]


def look(engine):
    forget_all()
    with using(engine) as SessionStore:
        session = SessionStore()
        session["cart"] = "3 books"
        session.save()
        found = {
            "the table": table_of_sessions(),
            "Redis": redis_keys(),
            "a file": files(),
            "the cookie": cookie(session),
        }
    places = [place for place, data in found.items() if data]
    forms = [form_of(data) for [data] in filter(None, found.values())]
    return f"`{engine}`", " and ".join(places), " and ".join(forms)


def takes_a_date(engine):
    with using(engine) as SessionStore:
        session = SessionStore()
        session["at"] = datetime(2026, 1, 1)
        try:
            session.save()
        except TypeError as error:
            return f"**`{type(error).__name__}`**"
    return "yes"


def key_of_a_dictionary(engine):
    with using(engine) as SessionStore:
        session = SessionStore()
        session["stock"] = {1: "one"}
        session.save()
        [key] = SessionStore(session.session_key)["stock"]
        if engine != "cached_db":
            return f"`{key!r}`"
        server.flushdb()
        [later] = SessionStore(session.session_key)["stock"]
        return f"`{key!r}`, without Redis's copy `{later!r}`"


def nested_change(engine):
    with using(engine) as SessionStore:
        session = SessionStore()
        session["cart"] = ["book"]
        session.save()
        request = SessionStore(session.session_key)
        request["cart"].append("another")
        return "yes" if request.modified else "no"


table(
    (
        "engine",
        "the data lies in",
        "as",
        "takes a `datetime`",
        "`{1: …}` comes back with key",
        "`append` to a list marks it modified",
    ),
    *(
        (
            *look(engine),
            takes_a_date(engine),
            key_of_a_dictionary(engine),
            nested_change(engine),
        )
        for engine in ENGINES
    ),
)
