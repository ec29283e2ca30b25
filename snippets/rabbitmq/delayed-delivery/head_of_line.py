# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "amqp"]
#
# [tool.acked]
# services = ["rabbitmq"]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# timeout = 150
# ///
"""One long TTL in front of 100 short ones, on three versions."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import amqp_wire
from amqp_wire import TYPES, channel_of, declare, length, publish, take

from acked.lab import table
from acked.services import wait_until


# --8<-- [start:queue]
def waiting_room(channel, name, kind):
    declare(channel, f"{name} out")
    declare(channel, name, TYPES[kind] | {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": f"{name} out",
    })
# --8<-- [end:queue]


# --8<-- [start:block]
def block(channel, kind):
    for name in (f"free {kind}", f"blocked {kind}"):
        waiting_room(channel, name, kind)
    free, blocked = f"free {kind} out", f"blocked {kind} out"
    publish(channel, f"blocked {kind}", "long", expiration="15000")
    for name in (f"blocked {kind}", f"free {kind}"):
        publish(channel, name, *["short"] * 100, expiration="100")
    wait_until(lambda: length(channel, free) == 100)
    early = length(channel, blocked)
    wait_until(lambda: length(channel, blocked) == 101)
    first = take(channel, blocked).body
    return [100, early, 101, first]
# --8<-- [end:block]


def on(url):
    name = channel_of(url).connection.server_properties["version"]
    with ThreadPoolExecutor() as pool:
        rows = pool.map(lambda kind: block(channel_of(url), kind), TYPES)
        pairs = zip(TYPES, rows, strict=True)
        return [[name, kind, *row] for kind, row in pairs]


def main():
    rows = chain.from_iterable(amqp_wire.on_each_version(on))
    table(
        ["RabbitMQ", "queue", "100 alone: out",
         "100 behind the long one: out by then",
         "and when its TTL is over", "first out"],
        *rows,
    )


if __name__ == "__main__":
    main()
