# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""A subscriber that does not read fills the memory with what it is owed."""

from itertools import product, starmap

from write import next_write

from acked.lab import table
from acked.services import Redis, Valkey

# --8<-- [start:cases]
CASES = {
    "`allkeys-lru`": "--maxmemory-policy allkeys-lru",
    "`noeviction`": "--maxmemory-policy noeviction",
    "`allkeys-lru`, `maxmemory-clients 1mb`": "--maxmemory-policy allkeys-lru"
    " --maxmemory-clients 1mb",
}


# --8<-- [end:cases]
# --8<-- [start:slow]
def pages_left(server, subscriber):
    """3 MB of pages in 10 MB; then 20 MB to a subscriber that stands still."""
    client = server.client()
    for number in range(300):
        client.set(f"page:{number}", "x" * 10_000)
    subscriber.subscribe("events")
    for _ in range(2_000):
        client.publish("events", "x" * 10_000)
    return client.dbsize()


# --8<-- [end:slow]


def row(case, server_type):
    with server_type(f"--save '' --maxmemory 10mb {CASES[case]}") as server:
        subscriber = server.client().pubsub()
        left = pages_left(server, subscriber)
        return case, server_type.__name__, left, next_write(server)


table(
    ("settings", "server", "pages left of 300", "next write"),
    *starmap(row, product(CASES, (Redis, Valkey))),
)
