# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""When does the expired event come? The search for old keys is off."""

from time import sleep

from listeners import subscriber

from acked.lab import table
from acked.services import Redis, Valkey

EVENTS = "__keyevent@0__:expired"


def got(listener) -> str:
    message = listener.get_message(timeout=0.3)
    return message["data"] if message else "nothing"


# --8<-- [start:expired]
def run(server: Redis) -> list:
    client, listener = server.client(), subscriber(server.client(), EVENTS)
    client.set("order:1", "open", px=50)
    sleep(0.2)
    assert client.get("order:1") is None
    seen = [got(listener)]  # nothing is configured
    client.config_set("notify-keyspace-events", "Ex")
    client.execute_command("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    client.set("order:2", "open", px=50)
    sleep(0.2)
    seen.append(got(listener))  # due, and not removed yet
    assert client.get("order:2") is None
    seen.append(got(listener))
    return seen


# --8<-- [end:expired]

with Redis("--enable-debug-command yes") as server:
    redis = run(server)
with Valkey("--enable-debug-command yes") as server:
    valkey = run(server)
assert redis == valkey
table(
    ["Redis 8 and Valkey 9", "event"],
    ["default, key read after its time", redis[0]],
    ["`Ex`, the key's time is over", redis[1]],
    ["`Ex`, then somebody reads the key", redis[2]],
)
