# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""Which messages outlive a node: queue x message x confirms x end x moment."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from itertools import count, product

from kombu import Connection, Producer, Queue
from kombu.exceptions import OperationalError
from on_disk import index_entries, knows_quorum_queue

from acked.services import RabbitMQ, wait_until

QUEUES = {
    "classic, durable": ("classic", True),
    "classic, transient": ("classic", False),
    "quorum, durable": ("quorum", True),
}
MESSAGES = {"persistent": 2, "transient": 1}
CELLS = list(product(QUEUES, MESSAGES))
WAITING = 100
ON_THE_WAY = 3000


class Sender:
    """Sends to one queue without pause until the broker is gone."""

    def __init__(self, broker, queue, message, confirms) -> None:
        self.queue, self.message = queue, message
        self.name = f"{queue}, {message}"
        self.confirms, self.sent = confirms, 0
        options = {"confirm_publish": True} if confirms else {}
        self.connection = Connection(broker.url, transport_options=options)
        self.producer = Producer(self.connection.channel())
        kind, durable = QUEUES[queue]
        declared = Queue(
            self.name,
            durable=durable,
            queue_arguments={"x-queue-type": kind},
        )
        declared(self.producer.channel).declare()

    # --8<-- [start:send]
    def send(self, numbers) -> None:
        for number in numbers:
            self.producer.publish(
                number,
                routing_key=self.name,
                delivery_mode=MESSAGES[self.message],
            )
            self.sent += 1  # accepted: publish() has returned
    # --8<-- [end:send]

    def send_until_the_end(self) -> None:
        try:
            self.send(count(WAITING))
        except (OSError, OperationalError, *self.connection.connection_errors):
            pass
