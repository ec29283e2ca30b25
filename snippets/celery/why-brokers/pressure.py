# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""Nobody consumes. When does the producer hear that the queue is full?"""

import os

from celery import Celery
from kombu import Queue
from kombu.exceptions import OperationalError

from acked.lab import table


# --8<-- [start:queues]
BOUND = {"x-max-length": 5, "x-overflow": "reject-publish"}
QUEUES = [Queue("endless"), Queue("bounded", queue_arguments=BOUND)]


def producer(confirms):
    app = Celery(broker=os.environ["AMQP_URL"])
    app.conf.task_queues = QUEUES
    app.conf.broker_transport_options = {"confirm_publish": confirms}
    return app
# --8<-- [end:queues]


# --8<-- [start:send]
def send_ten(app, queue):
    raised = 0
    for _ in range(10):
        try:
            app.send_task("scrape", queue=queue, retry=False)
        except OperationalError:
            raised += 1
    return raised
# --8<-- [end:send]


def empty(app, queue):
    """Take all its messages, and count them: rabbitmqctl's count is late.

    On the channel that sent them, for a channel keeps the order: what was
    sent without confirms has arrived when this asks.
    """
    with app.producer_or_acquire() as producer:
        channel = producer.channel
        taken = 0
        while channel.basic_get(queue, no_ack=True):
            taken += 1
    return taken


def main():
    rows = []
    for queue, limit in (("endless", "none"), ("bounded", "5, reject")):
        for confirms in (False, True):
            with producer(confirms) as app:
                raised = send_ten(app, queue)
                there = empty(app, queue)
            lost = 10 - raised - there
            said = "on" if confirms else "off"
            rows.append((limit, said, 10, raised, there, lost))
    head = ("limit", "confirms", "sent", "raised", "in the queue")
    table((*head, "gone without a word"), *rows)


if __name__ == "__main__":
    main()
