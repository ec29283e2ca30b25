# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django",
#     "psycopg[binary]",
#     "celery[redis]",
#     "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# timeout = 90
# ///
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start

start()

from django.db import connections
from django.test.utils import CaptureQueriesContext
from shop.models import Author

connections.settings["sqlite"] = {
    **connections.settings["default"],
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": ":memory:",
    "OPTIONS": {},
}
with connections["sqlite"].schema_editor() as editor:
    editor.create_model(Author)


def error_of(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__qualname__}: {error}"


for name in ("Ann", "Bob", "Bob"):
    Author.objects.create(name=name)

on_sqlite = Author.objects.using("sqlite")
on_sqlite.create(name="Dan")

# --8<-- [start:get]
print(error_of(lambda: Author.objects.get(name="Cid")))
print(error_of(lambda: Author.objects.get(name="Bob")))
# --8<-- [end:get]

# --8<-- [start:lock]
print(error_of(lambda: list(Author.objects.select_for_update())))
with CaptureQueriesContext(connections["sqlite"]) as captured:
    print("on SQLite:", list(on_sqlite.select_for_update()))
print("sent to SQLite:", captured[0]["sql"])
# --8<-- [end:lock]
