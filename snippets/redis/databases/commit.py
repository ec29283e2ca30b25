# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "psycopg[binary]"]
#
# [tool.acked]
# starts = ["postgresql", "redis>=7.2"]
# timeout = 200
# ///
"""Has an acknowledged write been handed to the disk (fsync)?"""

from acked.lab import table
from acked.services import PostgreSQL, Redis

WRITES = 200


def in_words(count):
    return "all 200" if count == WRITES else "not all"


# --8<-- [start:postgresql]
def fsyncs(connection):
    connection.execute("SELECT pg_stat_force_next_flush()")
    return connection.execute(
        "SELECT sum(fsyncs) FROM pg_stat_io"
        " WHERE object = 'wal' AND backend_type = 'client backend'"
    ).fetchone()[0]


def commits(synchronous_commit):
    """How many of our commits made their own fsync of the log."""
    # The background writer is kept from doing it for them.
    server = PostgreSQL("-c wal_writer_delay=10000")
    with server, server.connect() as connection:
        connection.execute("CREATE TABLE orders (id int)")
        connection.execute(f"SET synchronous_commit = {synchronous_commit}")
        before = fsyncs(connection)
        for number in range(WRITES):
            connection.execute("INSERT INTO orders VALUES (%s)", [number])
        return fsyncs(connection) - before
# --8<-- [end:postgresql]


# --8<-- [start:redis]
def acknowledged_and_on_disk(policy):
    with Redis(f"--appendonly yes --appendfsync {policy}") as server:
        client, on_disk = server.client(), 0
        for number in range(WRITES):
            client.set(f"order:{number}", "paid")
            with client.pipeline() as transaction:  # in MULTI: do not wait
                transaction.waitaof(num_local=1, num_replicas=0, timeout=0)
                [(fsynced, _)] = transaction.execute()
            on_disk += fsynced
        return on_disk
# --8<-- [end:redis]


table(
    ("200 writes, one by one", "fsynced before the answer"),
    ("PostgreSQL, default", in_words(min(commits("on"), WRITES))),
    ("PostgreSQL, `synchronous_commit = off`", in_words(commits("off"))),
    ("Redis, AOF `always`", in_words(acknowledged_and_on_disk("always"))),
    ("Redis, AOF `everysec`", in_words(acknowledged_and_on_disk("everysec"))),
)
