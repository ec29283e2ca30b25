# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "psycopg[binary]"]
#
# [tool.acked]
# starts = ["redis", "valkey", "postgresql"]
# timeout = 200
# ///
"""1000 acknowledged writes, one by one, then SIGKILL; what is there?"""

from concurrent.futures import ThreadPoolExecutor

from acked.lab import table
from acked.services import PostgreSQL, Redis, Valkey

WRITES = 1000


# --8<-- [start:crash]
def keys_after(server, end):
    with server:
        client = server.client()
        for number in range(WRITES):
            client.set(f"order:{number}", "paid")
        end(server)
        server.start()
        return server.client().dbsize()


def rows_after(kind, end):
    with PostgreSQL() as server:
        with server.connect() as connection:
            connection.execute(f"CREATE {kind} orders (id int, state text)")
            for number in range(WRITES):
                connection.execute(
                    "INSERT INTO orders VALUES (%s, 'paid')", [number]
                )
        end(server)
        server.start()
        with server.connect() as connection:
            return connection.execute(
                "SELECT count(*) FROM orders"
            ).fetchone()[0]
# --8<-- [end:crash]


def of_all(count):
    return f"{count} of {WRITES}"


def redis(name, make):
    ends = Redis.kill, Redis.stop
    return name, *(of_all(keys_after(make(), end)) for end in ends)


def postgresql(name, kind):
    ends = PostgreSQL.kill, PostgreSQL.stop
    return name, *(of_all(rows_after(kind, end)) for end in ends)


ROWS = (
    (redis, "Redis, defaults", Redis),
    (redis, "Valkey, defaults", Valkey),
    (redis, "Redis, `appendonly yes`", lambda: Redis("--appendonly yes")),
    (redis, "Redis, `save ''`", lambda: Redis("--save ''")),
    (postgresql, "PostgreSQL, defaults", "TABLE"),
    (postgresql, "PostgreSQL, `UNLOGGED` table", "UNLOGGED TABLE"),
)
with ThreadPoolExecutor() as threads:
    rows = list(threads.map(lambda row: row[0](*row[1:]), ROWS))
head = "server, settings", "there after SIGKILL", "there after a clean stop"
table(head, *rows)
