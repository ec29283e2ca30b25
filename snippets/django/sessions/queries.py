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

from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from shop.script import start, table

start()

from django.contrib.auth.models import User

from engines import ENGINES, browser, server, using


def commands():
    """GET, SET, EXISTS and DEL that Redis has executed."""
    done = server.info("commandstats")
    names = ("get", "set", "exists", "del")
    calls = [done.get(f"cmdstat_{name}", {"calls": 0}) for name in names]
    return sum(one["calls"] for one in calls)


# --8<-- [start:cost]
def cost(client, address):
    """SQL statements and Redis commands of one request."""
    before = commands()
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return f"{len(queries)} / {commands() - before}"


def costs(engine):
    with using(engine):
        client = browser()
        client.get("/sign_in")
        client.get("/write")
        seen = [cost(client, one) for one in ("/absent", "/read", "/write")]
        with override_settings(SESSION_SAVE_EVERY_REQUEST=True):
            seen += [cost(client, one) for one in ("/absent", "/read")]
    return f"`{engine}`", *seen
# --8<-- [end:cost]


User.objects.create(username="ann")
table(
    (
        "SQL / Redis",
        "session not used",
        "read",
        "read and written",
        "not used, `SESSION_SAVE_EVERY_REQUEST`",
        "read, `SESSION_SAVE_EVERY_REQUEST`",
    ),
    *(costs(engine) for engine in ENGINES),
)
