# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "kombu", "amqp"]
#
# [tool.acked]
# starts = ["redis", "valkey", "rabbitmq"]
# timeout = 120
# ///
"""100 messages wait; the server is restarted, or killed and started."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from wire import (
    PERSISTENT,
    QUORUM,
    channel_of,
    declare,
    knows_quorum_queue,
    publish,
    take_all,
)

from acked.lab import table
from acked.services import RabbitMQ, Redis, Valkey, wait_until

# --8<-- [start:ways]
IN_MEMORY = {
    "Redis, nothing set": (Redis, ""),
    "Redis, `appendonly yes`": (Redis, "--appendonly yes"),
    "Valkey, nothing set": (Valkey, ""),
    "Valkey, `appendonly yes`": (Valkey, "--appendonly yes"),
}
QUEUES = {
    "durable queue, message as the client makes it": (None, {}),
    "durable queue, `delivery_mode=2`": (None, PERSISTENT),
    "quorum queue, message as the client makes it": (QUORUM, {}),
}
# --8<-- [end:ways]


def restart(server):
    server.stop()
    server.start()


def kill(server):
    server.kill()
    server.start()


# --8<-- [start:redis]
def redis_keeps(kind, options, end):
    with kind(options) as server:
        for order in range(100):
            server.cli("LPUSH", "orders", order)
        end(server)
        return server.cli("LLEN", "orders")
# --8<-- [end:redis]


# --8<-- [start:rabbitmq]
def rabbitmq_keeps(end):
    with RabbitMQ() as node:
        channel = channel_of(node.url, confirms=True)
        for queue, (arguments, properties) in QUEUES.items():
            declare(channel, queue, arguments)
            publish(channel, queue, *range(100), **properties)
        wait_until(lambda: all_saved(node))
        end(node)
        channel = channel_of(node.url)
        return [len(take_all(channel, queue)) for queue in QUEUES]
# --8<-- [end:rabbitmq]


def all_saved(node):
    return knows_quorum_queue(node, list(QUEUES)[-1])


def main():
    ends = (restart, kill)
    with ThreadPoolExecutor(3) as pool:
        nodes = [pool.submit(rabbitmq_keeps, end) for end in ends]
        rows = [
            (name, *pool.map(partial(redis_keeps, *way), ends))
            for name, way in IN_MEMORY.items()
        ]
        columns = [node.result() for node in nodes]
    rows += [
        (f"RabbitMQ with confirms: {queue}", *kept)
        for queue, *kept in zip(QUEUES, *columns, strict=True)
    ]
    head = ("100 messages wait", "there after a restart", "after SIGKILL")
    table(head, *rows)


if __name__ == "__main__":
    main()
