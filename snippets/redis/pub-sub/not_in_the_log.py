# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""A key and a message, with every write logged, and SIGKILL."""

from listeners import subscriber

from acked.lab import table
from acked.services import Redis, Valkey


# --8<-- [start:log]
def run(server: Redis) -> list:
    client = server.client()
    listener = subscriber(server.client(), "orders")
    client.set("order", "in the key")
    assert client.publish("orders", "in the message") == 1
    assert listener.get_message(timeout=30)["data"] == "in the message"
    log = b"".join(f.read_bytes() for f in server.home.glob("*/*.aof"))
    server.kill()
    server.start()
    found = [text in log for text in (b"in the key", b"in the message")]
    return [*found, server.client().keys()]


# --8<-- [end:log]

with Redis("--appendonly yes --appendfsync always") as server:
    redis = run(server)
with Valkey("--appendonly yes --appendfsync always") as server:
    valkey = run(server)
assert redis == valkey
key, message, keys = redis
table(
    ["Redis 8 and Valkey 9, AOF", "in the log", "after SIGKILL"],
    ["the key", key, "there" if keys == ["order"] else "gone"],
    ["the message", message, "gone" if keys == ["order"] else "there"],
)
