# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu"]
#
# [tool.acked]
# starts = ["rabbitmq>=4.3"]
# timeout = 120
# ///
"""Confirmed by a quorum queue, on disk, and gone: its first second."""

from itertools import count

from broker_files import consume_all, knows_quorum_queue
from kombu import Connection, Producer, Queue

from acked.services import RabbitMQ, wait_until


# --8<-- [start:publish]
def declare_and_publish(url: str, name: str) -> None:
    confirms = {"confirm_publish": True}
    with Connection(url, transport_options=confirms) as connection:
        channel = connection.default_channel
        quorum = {"x-queue-type": "quorum"}
        Queue(name, queue_arguments=quorum)(channel).declare()
        for number in range(100):
            Producer(channel).publish(number, routing_key=name)


# --8<-- [end:publish]


def frozen_before_its_first_save(broker: RabbitMQ) -> str:
    """Name of a queue that the node, frozen now, has not yet written down."""
    for number in count():
        young = f"young {number}"
        declare_and_publish(broker.url, young)
        broker.freeze()
        if not knows_quorum_queue(broker, young):
            return young
        broker.thaw()


def report(broker: RabbitMQ, age: str, queue: str) -> None:
    there = len(consume_all(broker.url, queue))
    print(f"queue {age}: 100 confirmed, {there} there after SIGKILL")


def main() -> None:
    with RabbitMQ() as broker:
        declare_and_publish(broker.url, "older")
        wait_until(lambda: knows_quorum_queue(broker, "older"))
        young = frozen_before_its_first_save(broker)
        broker.kill()
        so_far = len(broker.log())
        broker.start()
        report(broker, "saved", "older")
        report(broker, "just declared", young)
        for line in broker.log()[so_far:].splitlines():
            if "was not found on this node" in line:
                print("log: ..." + line.partition("vhost '/'")[2])


if __name__ == "__main__":
    main()
