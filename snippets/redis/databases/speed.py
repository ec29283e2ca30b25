# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "psycopg[binary]"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["postgresql"]
# timeout = 200
# ///
"""One client, one connection, one row by its key: how far apart are they?"""

import os
import time

from redis import Redis as Client

from acked.services import PostgreSQL

READS = 1000
client = Client.from_url(os.environ["REDIS_URL"], decode_responses=True)


def seconds(*reads):
    """The fastest of five rounds of each: what was disturbed least."""
    fastest = [float("inf")] * len(reads)
    for _ in range(5):
        for n, read in enumerate(reads):
            begin = time.perf_counter()
            read()
            fastest[n] = min(fastest[n], time.perf_counter() - begin)
    return fastest


# --8<-- [start:read]
def redis_one_by_one():
    for number in range(READS):
        client.get(f"order:{number}")


def redis_pipeline():
    with client.pipeline(transaction=False) as pipeline:
        for number in range(READS):
            pipeline.get(f"order:{number}")
        pipeline.execute()


def postgresql_one_by_one():
    for number in range(READS):
        cursor.execute(BY_KEY, [number]).fetchone()


def postgresql_one_query():
    cursor.execute(BY_KEYS, [list(range(READS))]).fetchall()


BY_KEY = "SELECT state FROM orders WHERE id = %s"
BY_KEYS = "SELECT id, state FROM orders WHERE id = ANY(%s)"
# --8<-- [end:read]


def blocks(connection):
    connection.execute("SELECT pg_stat_force_next_flush()")
    return connection.execute(
        "SELECT heap_blks_read + idx_blks_read, heap_blks_hit + idx_blks_hit"
        " FROM pg_statio_user_tables WHERE relname = 'orders'"
    ).fetchone()


for number in range(READS):
    client.set(f"order:{number}", "paid")
with PostgreSQL() as server, server.connect() as connection:
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE orders (id int PRIMARY KEY, state text)")
    cursor.execute(
        "INSERT INTO orders SELECT n, 'paid' FROM generate_series(0, %s) n",
        [READS - 1],
    )
    cursor.execute("VACUUM ANALYZE orders")
    postgresql_one_by_one()
    before = blocks(connection)
    get, select = seconds(redis_one_by_one, postgresql_one_by_one)
    after = blocks(connection)
    piped, one_query = seconds(redis_pipeline, postgresql_one_query)

from_disk, from_memory = (b - a for a, b in zip(before, after, strict=True))
ratio = max(get, select) / min(get, select)
print("GET and SELECT by key, less than 10 x apart: ", ratio < 10)
print("blocks that PostgreSQL read from a file:     ", from_disk)
print("blocks found in its memory, more than 5000:  ", from_memory > 5000)
print("Redis pipeline, more than 2 x faster:        ", get / piped > 2)
print("PostgreSQL, one query, more than 2 x faster: ", select / one_query > 2)
