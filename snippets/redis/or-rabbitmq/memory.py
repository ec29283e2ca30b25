# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "kombu", "amqp"]
#
# [tool.acked]
# starts = ["redis", "valkey", "rabbitmq"]
# timeout = 90
# ///
"""5,000 messages of 4,000 bytes wait, 20 MB: what of it is in memory?"""

from wire import PERSISTENT, channel_of, declare, publish, redis_of

from acked.lab import table
from acked.services import RabbitMQ, Redis, Valkey, wait_until

BODY = "x" * 4000
ALL = 20_000_000
QUEUES = {"persistent": PERSISTENT, "transient": {}}


# --8<-- [start:redis]
def on_redis(kind):
    with kind() as server:
        redis = redis_of(server.url)
        before = redis.info("memory")["used_memory"]
        for _ in range(50):
            redis.lpush("orders", *[BODY] * 100)
        grown = redis.info("memory")["used_memory"] - before
        assert grown > ALL and not list(server.home.glob("*.rdb"))
        return "all", "nothing"
# --8<-- [end:redis]


# --8<-- [start:rabbitmq]
def on_rabbitmq():
    with RabbitMQ() as node:
        channel = channel_of(node.url, confirms=False)
        for queue, properties in QUEUES.items():
            declare(channel, queue)
            publish(channel, queue, *[BODY] * 5000, **properties)
        in_memory = wait_until(lambda: bytes_in_memory(node))
        assert max(in_memory) < ALL / 100
        for queue in QUEUES:
            assert bytes_in_files(node, queue) > ALL * 0.9
        return "less than 1 %", "more than 90 %"
# --8<-- [end:rabbitmq]


def bytes_in_memory(node):
    """Of the bodies, by RabbitMQ's own account, once all have arrived."""
    columns = ("message_bytes", "message_bytes_ram")
    listing = node.rabbitmqctl("list_queues", "--no-table-headers", *columns)
    rows = [map(int, line.split()) for line in listing.splitlines()]
    waiting, in_memory = zip(*rows, strict=True)
    return in_memory if waiting == (ALL, ALL) else None


def bytes_in_files(node, queue):
    name = f"QUEUE: {queue}\n".encode()
    files = (node.home / "data").rglob(".queue_name")
    [home] = [file.parent for file in files if name in file.read_bytes()]
    return sum(file.stat().st_size for file in home.glob("*.qs"))


def main():
    table(
        ("20 MB wait", "in memory", "in files"),
        ("Redis", *on_redis(Redis)),
        ("Valkey", *on_redis(Valkey)),
        ("RabbitMQ classic queue, persistent or transient", *on_rabbitmq()),
    )


if __name__ == "__main__":
    main()
