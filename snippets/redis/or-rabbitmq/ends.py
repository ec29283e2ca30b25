# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "kombu", "amqp"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""Messages that expire, are too many, are refused, or fail again and again."""

import os

from wire import PERSISTENT, channel_of, declare, publish

from acked.lab import table
from acked.services import wait_until

channel = channel_of(os.environ["AMQP_URL"])

# --8<-- [start:queues]
LIMITS = {
    "queue with a TTL": {"x-message-ttl": 200},
    "queue with 2 places": {"x-max-length": 2},
    "plain queue": {},
    "another plain queue": {},
}


def declare_with_dead_letters(kind, limit):
    queue = f"{kind}: {limit}"
    declare(channel, "dead")
    dead_letters = {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "dead",
    }
    arguments = {"x-queue-type": kind, **LIMITS[limit], **dead_letters}
    return declare(channel, queue, arguments)
# --8<-- [end:queues]


def reason():
    """Why the next dead letter is one."""
    message = wait_until(lambda: channel.basic_get("dead", no_ack=True))
    [death] = message.headers["x-death"]
    return f"`{death['reason']}`"


# --8<-- [start:ends]
def expired(kind):
    queue = declare_with_dead_letters(kind, "queue with a TTL")
    publish(channel, queue, "x", **PERSISTENT)
    return reason()


def too_many(kind):
    queue = declare_with_dead_letters(kind, "queue with 2 places")
    publish(channel, queue, 1, 2, 3, **PERSISTENT)
    return reason()


def refused(kind):
    queue = declare_with_dead_letters(kind, "plain queue")
    publish(channel, queue, "x", **PERSISTENT)
    message = channel.basic_get(queue)
    channel.basic_reject(message.delivery_tag, requeue=False)
    return reason()


def requeued(kind):
    queue = declare_with_dead_letters(kind, "another plain queue")
    publish(channel, queue, "x", **PERSISTENT)
    for times in range(30):
        message = channel.basic_get(queue)
        if not message:
            return f"{times} deliveries, then {reason()}"
        channel.basic_reject(message.delivery_tag, requeue=True)
    return "30 deliveries, then we stop"
# --8<-- [end:ends]


def main():
    kinds = ("classic", "quorum")
    table(
        ("the message", "classic queue", "quorum queue"),
        ("is older than its queue's TTL", *map(expired, kinds)),
        ("is one too many", *map(too_many, kinds)),
        ("is refused by its consumer", *map(refused, kinds)),
        ("is given back each time", *map(requeued, kinds)),
    )

if __name__ == "__main__":
    main()
