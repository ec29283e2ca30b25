# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "redis"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import os
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))
os.environ["DJANGO_SETTINGS_MODULE"] = "backends"

from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from shop.script import start, table

start()
call_command("createcachetable")


def elsewhere(cache_alias):
    """What another thread, with a database connection of its own, reads."""
    found = []

    def read():
        found.append(caches[cache_alias].get("stock"))
        connection.close()

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    return found[0]


# --8<-- [start:rollback]
def set_and_roll_back(alias):
    caches[alias].set("stock", 10)
    try:
        with transaction.atomic():
            caches[alias].set("stock", 3)
            inside = elsewhere(alias)
            raise RuntimeError("payment declined")
    except RuntimeError:
        return inside, elsewhere(alias)
# --8<-- [end:rollback]


table(
    ("cache", "another request reads inside the block", "after the rollback"),
    ("redis", *set_and_roll_back("default")),
    ("db", *set_and_roll_back("db")),
)
