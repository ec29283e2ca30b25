# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 200
# ///
"""Memory for 50,000 keys of 12 bytes with values of 4."""

from acked.lab import table
from acked.services import Redis, Valkey

KEYS, BYTES = 50_000, 12 + 4


# --8<-- [start:memory]
def per_order(server, write):
    """Bytes of memory for each order, as a multiple of its own bytes."""
    with server:
        client = server.client()
        before = client.info("memory")["used_memory"]
        with client.pipeline(transaction=False) as pipeline:
            for number in range(KEYS):
                write(pipeline, number)
            pipeline.execute()
        used = client.info("memory")["used_memory"] - before
        return used / KEYS / BYTES


def own_key(client, number):
    client.set(f"order:{number:06}", "paid")


def shared_hash(client, number):
    client.hset(f"orders:{number // 100}", f"{number % 100:02}", "paid")
# --8<-- [end:memory]


def bound(multiple):
    return f"{'more' if multiple > 2 else 'less'} than 2 x"


def row(name, write):
    return name, *(bound(per_order(kind(), write)) for kind in (Redis, Valkey))


table(
    ("memory for 50,000 orders", "Redis", "Valkey"),
    row("a key each", own_key),
    row("100 in one hash", shared_hash),
)
