# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# timeout = 180
# ///
"""The watermark and the lazy mode on three versions of RabbitMQ."""

import json
from concurrent.futures import ThreadPoolExecutor
from time import sleep

from kombu import Connection, Queue

from acked.lab import table
from acked.services import RabbitMQ

SERVERS = {"3.10": "bookworm", "4.0": "trixie", "4.3": None}


# --8<-- [start:ask]
def watermark(node):
    status = json.loads(node.rabbitmqctl("status", "--formatter", "json"))
    return status["vm_memory_high_watermark_setting"]["relative"]


def in_memory(node):
    """Of 100 messages in each queue, how many RabbitMQ lists as in memory."""
    with Connection(node.url) as connection:
        for name, mode in (("plain", "default"), ("lazy", "lazy")):
            queue = Queue(name, queue_arguments={"x-queue-mode": mode})
            queue(connection.default_channel).declare()
            for number in range(100):
                connection.Producer().publish(number, routing_key=name)
    sleep(3)  # an idle queue writes
    listed = node.rabbitmqctl("list_queues", "name", "messages_ram")
    return dict(line.split() for line in listed.splitlines())


def run(servers):
    with RabbitMQ(servers=servers) as node:
        ram = in_memory(node)
        default = watermark(node)
        node.rabbitmqctl("set_vm_memory_high_watermark", "0.3")
        changed = watermark(node)
        node.restart()
        return default, changed, watermark(node), ram["plain"], ram["lazy"]
# --8<-- [end:ask]


def bound(count):
    if int(count) < 10:
        return "fewer than 10"
    return count


def main():
    with ThreadPoolExecutor() as threads:
        results = list(threads.map(run, SERVERS.values()))
    table(
        [
            "RabbitMQ",
            "default watermark",
            "set to 0.3",
            "after a restart",
            "in memory, plain queue",
            "in memory, lazy",
        ],
        *(
            [version, *marks, bound(plain), bound(lazy)]
            for version, (*marks, plain, lazy) in zip(SERVERS, results)
        ),
    )


if __name__ == "__main__":
    main()
