# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""Trimming a stream takes entries that nobody has read."""

from acked.lab import table
from acked.services import Redis, Valkey


# --8<-- [start:trim]
def run(server: Redis, **limit) -> list:
    client = server.client()
    client.xgroup_create("orders", "mail", mkstream=True)
    for order in range(1, 11):
        client.xadd("orders", {"order": order}, **limit)
    read = client.xreadgroup("mail", "one", {"orders": ">"})[0][1]
    client.xack("orders", "mail", *(identity for identity, _ in read))
    return [len(read), 10 - len(read), client.xlen("orders")]


# --8<-- [end:trim]


def row(title: str, **limit) -> list:
    with Redis() as redis, Valkey() as valkey:
        assert (found := run(redis, **limit)) == run(valkey, **limit)
        return [title, *found]


table(
    ["10 entries, then one reader", "read", "never read", "left after XACK"],
    row("no limit"),
    row("`MAXLEN = 4`", maxlen=4, approximate=False),
)
