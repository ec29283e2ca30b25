# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "amqp"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""Ten messages wait; the queue behind has no room for all when they expire."""

from amqp_wire import QUORUM, channel_of, declare, length, publish, take

from acked.lab import table
from acked.services import RabbitMQ, wait_until

# --8<-- [start:ways]
WAYS = {
    "classic": {},
    "quorum": QUORUM,
    "quorum, at-least-once": QUORUM | {
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",  # at-least-once needs it
    },
}
# --8<-- [end:ways]


# --8<-- [start:expire]
def wait_in(channel, way):
    out = f"{way} out"
    declare(channel, out, {"x-max-length": 4, "x-overflow": "reject-publish"})
    declare(channel, way, WAYS[way] | {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": out,
    })
    publish(channel, way, *range(10), expiration="200")


def read(channel):
    arrived = {way: set() for way in WAYS}

    def take_each():
        for way, bodies in arrived.items():
            if message := take(channel, f"{way} out"):
                bodies.add(message.body)
        return len(arrived["quorum, at-least-once"]) == 10

    wait_until(take_each, 90)  # the others had as long
    return arrived
# --8<-- [end:expire]


def full(channel, way):
    return length(channel, f"{way} out") == 4 and length(channel, way) == 0


def main():
    with RabbitMQ() as node:
        node.rabbitmqctl(
            "eval",
            "application:set_env(rabbit,"
            " dead_letter_worker_publisher_confirm_timeout, 1000).",
        )
        channel = channel_of(node.url)
        for way in WAYS:
            wait_in(channel, way)
        for way in WAYS:
            wait_until(lambda way=way: full(channel, way))
        rows = [
            [way, 4, len(bodies), 10 - len(bodies)]
            for way, bodies in read(channel).items()
        ]
    table(
        ["10 expire, room for 4", "arrive at first",
         "arrived when there is room", "lost"],
        *rows,
    )


if __name__ == "__main__":
    main()
