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
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))
os.environ["DJANGO_SETTINGS_MODULE"] = "session_settings"

from shop.script import start

start()

from django.contrib.sessions.backends import cache, db


def new_session(SessionStore):
    session = SessionStore()
    session["cart"] = "3 books"
    session.save()
    return session.session_key


# --8<-- [start:speed]
def time_of_load(SessionStore, key):
    started = time.perf_counter()
    assert SessionStore(key)["cart"] == "3 books"
    return time.perf_counter() - started


def quickest(*stores):
    keys = {store: new_session(store) for store in stores}
    times = {store: [] for store in stores}
    for _ in range(200):
        for store, key in keys.items():
            times[store].append(time_of_load(store, key))
    return [min(times[store]) for store in stores]


database, redis = quickest(db.SessionStore, cache.SessionStore)
print("Redis answers sooner:", redis < database)
print("by less than 20 x:", database < 20 * redis)
# --8<-- [end:speed]
