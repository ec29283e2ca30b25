# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# starts = ["postgresql"]
# timeout = 240
# ///
import threading
import time

from lab import make_tables, working
from wire import Line

from acked.services import PostgreSQL, wait_until

# --8<-- [start:options]
OPTIONS = {
    "nothing": {},
    "`connect_timeout`": {"connect_timeout": 2},
    "`statement_timeout`": {"options": "-c statement_timeout=4s"},
    "`tcp_user_timeout`": {"tcp_user_timeout": 2000},
    "TCP keepalives": {
        "keepalives_idle": 1,
        "keepalives_interval": 1,
        "keepalives_count": 2,
    },
}
EVERYTHING = {
    name: value for one in OPTIONS.values() for name, value in one.items()
}
# --8<-- [end:options]
PATIENCE = 12


class Query(threading.Thread):
    """One query of one Django connection, in a thread of its own."""

    def __init__(self, port, options, sql):
        super().__init__(daemon=True)
        self.alias = f"{len(connections.settings)}"
        connections.settings[self.alias] = {
            **connections.settings["default"],
            "PORT": port,
            "OPTIONS": options,
        }
        self.sql = sql
        self.connected = threading.Event()
        self.go = threading.Event()
        self.outcome = "**hangs**"

    def run(self):
        try:
            connections[self.alias].ensure_connection()
            self.connected.set()
            self.go.wait()
            with connections[self.alias].cursor() as cursor:
                cursor.execute(self.sql)
        except OperationalError:
            self.outcome = "error"


def column(port, sql="SELECT pg_sleep(60)"):
    return [Query(port, one, sql) for one in OPTIONS.values()]


def begin(*columns):
    for one in columns:
        for query in one:
            query.start()


def send(*columns):
    for one in columns:
        for query in one:
            query.go.set()


with PostgreSQL() as live, PostgreSQL() as frozen:
    make_tables(live)
    from django.db import OperationalError, connections
    from shop.script import table

    OPTIONS["all of them"] = EVERYTHING
    line, other_line = Line(live.port), Line(live.port)
    connect_frozen = column(frozen.port)
    connect_cut = column(line.port)
    freeze_query = column(frozen.port)
    cut_query = column(line.port)
    cut_before = column(other_line.port, "SELECT 1")
    slow = column(live.port)

    begin(freeze_query, cut_query, cut_before, slow)
    for one in (freeze_query, cut_query, cut_before, slow):
        for query in one:
            assert query.connected.wait(30)
    send(freeze_query, cut_query)
    wait_until(
        lambda: working(frozen, 60) == working(live, 60) == len(OPTIONS),
        what="the queries",
    )
    frozen.freeze()
    line.unplug()
    other_line.unplug()
    send(cut_before, slow)
    begin(connect_frozen, connect_cut)
    time.sleep(PATIENCE)
    columns = (
        slow,
        connect_frozen,
        freeze_query,
        connect_cut,
        cut_before,
        cut_query,
    )
    table(
        (
            "`OPTIONS` has",
            "slow query",
            "frozen, we connect",
            "frozen during a query",
            "cut, we connect",
            "cut, we query",
            "cut during a query",
        ),
        *(
            (name, *(query.outcome for query in row))
            for name, *row in zip(OPTIONS, *columns, strict=True)
        ),
    )
