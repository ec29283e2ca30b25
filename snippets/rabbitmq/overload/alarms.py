# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 180
# ///
"""A memory alarm and a disk alarm: sender, consumer, and a late sender."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

from kombu import Connection, Queue

from acked.lab import table
from acked.services import RabbitMQ, wait_until

# --8<-- [start:alarms]
ALARMS = {
    "memory": (
        ["set_vm_memory_high_watermark", "absolute", "1MB"],
        ["set_vm_memory_high_watermark", "0.6"],
    ),
    "disk": (
        ["set_disk_free_limit", "mem_relative", "100000.0"],
        ["set_disk_free_limit", "50MB"],
    ),
}


def run(node, kind):
    raise_it, clear_it = ALARMS[kind]
    heard = []
    sender = Connection(
        node.url,
        transport_options={
            "confirm_publish": True,
            "on_blocked": heard.append,
            "on_unblocked": lambda: heard.append("unblocked"),
        },
    )
    queue = Queue(kind)(sender.default_channel)
    queue.declare()
    producer = sender.Producer()
    for number in range(100):
        producer.publish(number, routing_key=kind)

    node.rabbitmqctl(*raise_it)
    call = threads.submit(producer.publish, "late", routing_key=kind)
    wait_until(lambda: heard, 60)
    states = node.rabbitmqctl("list_connections", "state").split()
    consumed = consume(node, kind)
    sleep(2)  # time in which the alarm could refuse the message
    waits = not call.done()

    node.rabbitmqctl(*clear_it)
    call.result(60)  # raises if the message was refused
# --8<-- [end:alarms]
    late = consume(node, kind)
    assert "connection blocked" in heard[0]
    state = "blocked" if "blocked" in states else "something else"
    sender.release()
    return [kind, state, "yes", f"{consumed} of 100", waits, late]


def consume(node, name):
    """On a connection of its own, as a worker does."""
    with Connection(node.url) as connection:
        queue = Queue(name)(connection.default_channel)
        return len([*iter(lambda: queue.get(no_ack=True), None)])


threads = ThreadPoolExecutor()


def main():
    with RabbitMQ() as node:
        rows = [run(node, kind) for kind in ALARMS]
    table(
        [
            "alarm",
            "the sender's connection is listed as",
            "its client is told so",
            "consumed meanwhile",
            "`publish()` still waits",
            "stored after the alarm",
        ],
        *rows,
    )


if __name__ == "__main__":
    main()
