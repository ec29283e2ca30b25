# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""More memory than maxmemory, on two ways."""

from itertools import product, starmap

from write import next_write

from acked.lab import table
from acked.services import Redis, Valkey, wait_until

MB = 1024 * 1024


def used(server):
    return server.client().info("memory")["used_memory"]


def evicts(server):
    [policy] = server.client().config_get("maxmemory-policy").values()
    return policy != "noeviction"


# --8<-- [start:grow]
def one_command(server):
    """A short command makes a value of 20 MB."""
    server.client().setrange("film", 20 * MB, "x")


def lowered_limit(server):
    """8 MB of pages, then the limit goes down to 4 MB."""
    client = server.client()
    for number in range(800):
        client.set(f"page:{number}", "x" * 10_000)
    client.config_set("maxmemory", 4 * MB)


# --8<-- [end:grow]


def evicted(server):
    if not server.client().info("stats")["evicted_keys"]:
        return "none"
    return "some" if server.client().dbsize() else "all"


def row(over, policy, server_type):
    options = f"--save '' --maxmemory 10mb --maxmemory-policy {policy}"
    with server_type(options) as server:
        over(server)
        limit = int(server.client().config_get("maxmemory")["maxmemory"])
        if evicts(server):
            wait_until(lambda: used(server) <= limit)
        else:
            assert used(server) > 2 * limit
        return [
            over.__doc__.rstrip("."),
            f"{server_type.__name__}, `{policy}`",
            "below the limit" if evicts(server) else "more than 2 x the limit",
            evicted(server),
            next_write(server),
        ]


ways, policies = (one_command, lowered_limit), ("noeviction", "allkeys-lru")
table(
    ("", "", "memory used then", "keys evicted", "next write"),
    *starmap(row, product(ways, policies, (Redis, Valkey))),
)
