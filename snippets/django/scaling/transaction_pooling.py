# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# starts = ["pgbouncer"]
# timeout = 60
# ///
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))

import psycopg
from acked.services import PgBouncer
from shop.script import start

start()

from django.db import DatabaseError, connection
from shop.models import Author

Author.objects.bulk_create(Author(name=f"A{n}") for n in range(5000))
connection.close()


def scalar(client, sql):
    return client.execute(sql).fetchone()[0]


with PgBouncer(os.environ["DATABASE_URL"], HERE / "small.ini") as bouncer:
    place = connection.settings_dict
    place["HOST"], place["PORT"] = "127.0.0.1", str(bouncer.port)

    # --8<-- [start:many]
    clients = [
        psycopg.connect(bouncer.url, autocommit=True) for _ in range(20)
    ]
    backends = {scalar(one, "SELECT pg_backend_pid()") for one in clients}
    print(len(clients), "clients,", len(backends), "server connection")
    # --8<-- [end:many]
    a, b, *_ = clients

    # --8<-- [start:session]
    a.execute("SET statement_timeout = '7s'")
    print("set by a, seen by b:", scalar(b, "SHOW statement_timeout"))

    lock = "SELECT pg_try_advisory_lock(1)"
    print("the same lock to a and to b:", scalar(a, lock), scalar(b, lock))

    lock = "SELECT pg_try_advisory_xact_lock(2)"
    with a.transaction():
        print("until COMMIT:", scalar(a, lock), scalar(b, lock))
    # --8<-- [end:session]

    # --8<-- [start:cursor]
    def iterate():
        authors = Author.objects.iterator(chunk_size=1000)
        next(authors)
        with a.transaction():  # takes the server connection in between
            a.execute("SELECT 1")
            return 1 + sum(1 for _ in authors)
    # --8<-- [end:cursor]

    for disable in (False, True):
        place["DISABLE_SERVER_SIDE_CURSORS"] = disable
        try:
            outcome = f"{iterate()} rows"
        except (DatabaseError, psycopg.Error) as error:
            outcome = type(error).__name__
        print(f"DISABLE_SERVER_SIDE_CURSORS = {disable}:", outcome)
        connection.close()
