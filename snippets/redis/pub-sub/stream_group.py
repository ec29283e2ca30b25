# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""A consumer group: a consumer is killed, then the server, and all is done."""

import os
import signal
import subprocess
import sys
from collections import Counter

from redis import Redis as Client

from acked.lab import table
from acked.services import Redis, Valkey

STREAM, GROUP = "orders", "mail"


# --8<-- [start:consumers]
def first_consumer(client: Client) -> None:
    reply = client.xreadgroup(GROUP, "first", {STREAM: ">"}, count=3)
    entries = reply[0][1]
    handle(client, entries[0])
    client.rpush("mailed", entries[1][1]["order"])
    os.kill(os.getpid(), signal.SIGKILL)  # before its acknowledgement


def handle(client: Client, entry) -> None:
    identity, fields = entry
    client.rpush("mailed", fields["order"])
    client.xack(STREAM, GROUP, identity)


def second_consumer(client: Client) -> None:
    for entry in client.xreadgroup(GROUP, "second", {STREAM: ">"})[0][1]:
        handle(client, entry)
    stuck = client.xautoclaim(STREAM, GROUP, "second", min_idle_time=0)[1]
    for entry in stuck:
        [told] = client.xpending_range(STREAM, GROUP, entry[0], entry[0], 1)
        assert told["times_delivered"] == 2
        handle(client, entry)


# --8<-- [end:consumers]


# --8<-- [start:story]
def run(server: Redis) -> list:
    client = server.client()
    for order in range(1, 7):
        client.xadd(STREAM, {"order": order})  # no reader exists yet
    client.xgroup_create(STREAM, GROUP, id="0")
    subprocess.run([sys.executable, __file__, str(server.port)])
    seen = [state(client)]
    server.kill()
    server.start()
    client = server.client()
    seen.append(state(client))
    second_consumer(client)
    return [*seen, state(client)]


# --8<-- [end:story]


def state(client: Client) -> list:
    mailed = Counter(client.lrange("mailed", 0, -1))
    return [
        client.xlen(STREAM),
        client.xpending(STREAM, GROUP)["pending"],
        len(mailed),
        sum(times > 1 for times in mailed.values()),
    ]


def main() -> None:
    outcomes = []
    for server in Redis("--appendonly yes"), Valkey("--appendonly yes"):
        with server:
            outcomes.append(run(server))
    assert outcomes[0] == outcomes[1]
    titles = [
        "first consumer took 3, acknowledged 1, SIGKILL",
        "SIGKILL of the server, restart, AOF",
        "second consumer read the rest and claimed",
    ]
    table(
        ["6 orders", "in the stream", "pending", "mailed", "mailed twice"],
        *([t, *row] for t, row in zip(titles, outcomes[0], strict=True)),
    )


if len(sys.argv) > 1:
    first_consumer(Client(port=int(sys.argv[1]), decode_responses=True))
else:
    main()
