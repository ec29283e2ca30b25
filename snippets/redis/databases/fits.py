# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "psycopg[binary]"]
#
# [tool.acked]
# starts = ["redis", "postgresql"]
# timeout = 200
# ///
"""8 MB of orders, and servers that may hold or cache only 3 MB."""

from redis.exceptions import OutOfMemoryError

from acked.lab import table
from acked.services import PostgreSQL, Redis

ORDERS, TEXT = 8000, "x" * 1000


# --8<-- [start:write]
def write_to_redis(policy):
    """Acknowledged, refused, and there at the end."""
    options = f"--maxmemory 3mb --maxmemory-policy {policy} --save ''"
    acknowledged = refused = 0
    with Redis(options) as server:
        client = server.client()
        for number in range(ORDERS):
            try:
                client.set(f"order:{number}", TEXT)
                acknowledged += 1
            except OutOfMemoryError:
                refused += 1
        return acknowledged, refused, client.dbsize()


def write_to_postgresql():
    with PostgreSQL("-c shared_buffers=3MB") as server:
        connection = server.connect()
        connection.execute("CREATE TABLE orders (id int, body text)")
        cursor = connection.cursor()
        with connection.pipeline():
            insert = "INSERT INTO orders VALUES (%s, %s)"
            cursor.executemany(insert, [(n, TEXT) for n in range(ORDERS)])
        count = "SELECT count(*) FROM orders"
        return ORDERS, 0, connection.execute(count).fetchone()[0]
# --8<-- [end:write]


def in_words(count):
    if count in (0, ORDERS):
        return str(count)
    return "more than 4000" if count > 4000 else "less than 4000"


def row(name, counts):
    return name, *map(in_words, counts)


table(
    ("8000 orders of 1 kB", "acknowledged", "refused", "there at the end"),
    row("Redis, 3 MB, `noeviction`", write_to_redis("noeviction")),
    row("Redis, 3 MB, `allkeys-lru`", write_to_redis("allkeys-lru")),
    row("PostgreSQL, `shared_buffers` 3 MB", write_to_postgresql()),
)
