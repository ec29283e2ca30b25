# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# timeout = 180
# ///
"""A message comes back again and again, in two ways: which counter counts?"""

from concurrent.futures import ThreadPoolExecutor

from kombu import Connection, Producer, Queue

from acked.lab import table
from acked.services import RabbitMQ, ServiceError, wait_until

SERVERS = {"3.10": "bookworm", "4.0": "trixie", "4.3": None}
ENOUGH = 8
# --8<-- [start:queues]
work = Queue(
    "work",
    queue_arguments={
        "x-queue-type": "quorum",
        "x-delivery-limit": 3,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "pause",
    },
)
pause = Queue(  # a second chance after 0.1 s
    "pause",
    queue_arguments={
        "x-message-ttl": 100,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "work",
    },
)
# --8<-- [end:queues]


# --8<-- [start:loop]
WAYS = {
    "`requeue()`, at once": lambda message: message.requeue(),
    "`reject()`, over the pause": lambda message: message.reject(),
}


def rejections(message):
    deaths = message.headers.get("x-death", [])
    return sum(d["count"] for d in deaths if d["reason"] == "rejected")
# --8<-- [end:loop]


def next_message(queue, returned):
    """None when it is gone: nobody is told, so only time can show it."""
    try:
        return wait_until(queue.get, 3 if returned else 30)
    except ServiceError:
        return None


def last_delivery(channel, give_back):
    """Of `ENOUGH`, or the last one before the message was gone."""
    queue = work(channel)
    Producer(channel).publish("order", routing_key="work")
    for delivery in range(1, ENOUGH + 1):
        message = next_message(queue, returned=delivery > 1)
        if message is None:
            break
        last = [
            delivery,
            message.delivery_info["redelivered"],
            message.headers.get("x-delivery-count", "-"),
            rejections(message),
        ]
        give_back(message)
    queue.purge()
    return last


def run(servers):
    with RabbitMQ(servers=servers) as node, Connection(node.url) as connection:
        channel = connection.default_channel
        work(channel).declare()
        pause(channel).declare()
        return [last_delivery(channel, way) for way in WAYS.values()]


def main():
    with ThreadPoolExecutor() as threads:
        results = list(threads.map(run, SERVERS.values()))
    rows = [[
        "given back with",
        "RabbitMQ",
        "deliveries",
        "`redelivered`",
        "`x-delivery-count`",
        "`x-death`, rejected",
    ]]
    for number, way in enumerate(WAYS):
        for version, result in zip(SERVERS, results):
            deliveries, *rest = result[number]
            end = " and on" if deliveries == ENOUGH else ", then gone"
            rows += [[way, version, f"{deliveries}{end}", *rest]]
    table(*rows)


if __name__ == "__main__":
    main()
