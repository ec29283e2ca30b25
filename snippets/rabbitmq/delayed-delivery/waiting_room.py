# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "amqp"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""A queue with a TTL and a dead-letter exchange: what comes out, and when."""

import os
import time

from amqp_wire import TYPES, channel_of, declare, length, publish, take

from acked.lab import table
from acked.services import wait_until

channel = channel_of(os.environ["AMQP_URL"])


# --8<-- [start:rooms]
def rooms(kind, ttl):
    declare(channel, f"work {kind}")
    declare(channel, f"wait {kind}", TYPES[kind] | ttl | {
        "x-dead-letter-exchange": "",  # the default exchange
        "x-dead-letter-routing-key": f"work {kind}",
    })
# --8<-- [end:rooms]


# --8<-- [start:delay]
def delay(kind, ttl, **properties):
    rooms(kind, ttl)
    sent = time.monotonic()
    publish(channel, f"wait {kind}", 1, 2, 3, **properties)
    wait_until(lambda: length(channel, f"work {kind}") == 3)
    waited = time.monotonic() - sent
    got = [take(channel, f"work {kind}") for _ in range(3)]
    [death] = got[0].headers["x-death"]
    return {
        "in the order": " ".join(message.body for message in got),
        "not before 1 s": "yes" if waited >= 1 else "no",
        "reason": f"`{death['reason']}`",
        "`expiration` that it has now": got[0].properties.get(
            "expiration", "none"
        ),
    }
# --8<-- [end:delay]


def main():
    # --8<-- [start:ways]
    of_queue = {"x-message-ttl": 1000}
    ways = {
        "TTL of the queue": (of_queue, {}),
        "TTL of the message": ({}, {"expiration": "1000"}),
    }
    # --8<-- [end:ways]
    rows = []
    for kind in TYPES:
        for way, (ttl, properties) in ways.items():
            row = delay(kind, ttl, **properties)
            rows.append([f"{kind}, {way}", *row.values()])
            channel.queue_delete(f"wait {kind}")
    table(["1 2 3 wait for 1 s", *row], *rows)


if __name__ == "__main__":
    main()
