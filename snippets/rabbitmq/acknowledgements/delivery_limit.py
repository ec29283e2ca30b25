# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# timeout = 240
# ///
"""A message that is given back each time: how often is it delivered?"""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

from amqp import spec
from kombu import Connection, Queue

from acked.lab import table
from acked.services import RabbitMQ, ServiceError, wait_until

# --8<-- [start:cases]
DEAD = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
QUORUM = {"x-queue-type": "quorum"}
QUEUES = {
    "classic": {"x-queue-type": "classic"} | DEAD,
    "quorum": QUORUM | DEAD,
    "quorum, no dead-letter exchange": QUORUM,
    "quorum, limit 3": QUORUM | DEAD | {"x-delivery-limit": 3},
    "quorum, limit -1": QUORUM | DEAD | {"x-delivery-limit": -1},
}
WAYS = {
    "`requeue()`": lambda message: message.requeue(),
    "nack, requeue": lambda message: message.channel.send_method(
        spec.Basic.Nack, "Lbb", (message.delivery_tag, False, True)
    ),
    "closes its channel": lambda message: message.channel.close(),
}
# --8<-- [end:cases]
PATIENCE = 30
SERVERS = {"3.10": "bookworm", "4.0": "trixie", "4.3": None}


def outcome(node, arguments, give_back):
    with Connection(node.url) as connection:
        name = "loop"
        channel = connection.channel()
        Queue("dead")(channel).declare()
        Queue(name, queue_arguments=arguments)(channel).declare()
        connection.Producer().publish("poison", routing_key=name)

        def anywhere():
            """The message on a new channel, or where it went instead."""
            taker = connection.channel()
            if message := Queue(name)(taker).get():
                return message
            taker.close()
            if Queue("dead")(channel).get(no_ack=True):
                return "dead-lettered"

        deliveries, end = 0, "and on"
        while deliveries < PATIENCE:
            found = next_or_gone(anywhere, arguments)
            if isinstance(found, str):
                end = found
                break
            deliveries += 1
            give_back(found)
        Queue(name)(channel).delete()
        return f"{deliveries}, {end}"


def next_or_gone(anywhere, arguments):
    if "x-dead-letter-exchange" in arguments:
        return wait_until(anywhere)
    try:
        return wait_until(anywhere, 3)
    except ServiceError:  # nobody is told, so only time can show it
        return "gone"


def run(servers):
    """All cases on one version; they share a node."""
    with RabbitMQ(servers=servers) as node:
        return {
            (queue, way): outcome(node, QUEUES[queue], WAYS[way])
            for queue, way in product(QUEUES, WAYS)
        }


def main():
    with ThreadPoolExecutor() as threads:
        results = list(threads.map(run, SERVERS.values()))
    rows = [["queue", "the consumer", *SERVERS]]
    for queue, way in product(QUEUES, WAYS):
        rows += [[queue, way, *(result[queue, way] for result in results)]]
    table(*rows)


if __name__ == "__main__":
    main()
