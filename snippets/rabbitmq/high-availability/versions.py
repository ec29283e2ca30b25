# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# timeout = 180
# ///
"""Three versions of RabbitMQ: the mirroring policy, and global QoS."""

from contextlib import ExitStack

from cluster import QUEUES, answer, channel_of, declare, send, threads

from acked.lab import table
from acked.services import RabbitMQ, ServiceError

VERSIONS = {"3.10": "bookworm", "4.0": "trixie", "4.3": None}


# --8<-- [start:policy]
def mirror(node):
    definition = '{"ha-mode": "all"}'
    try:
        node.rabbitmqctl("set_policy", "ha-all", ".*", definition)
        return "accepted"
    except ServiceError as error:
        assert "not recognised policy settings" in str(error)
        return "refused: not recognised"
# --8<-- [end:policy]


# --8<-- [start:qos]
def consume(node, queue):
    channel, got = channel_of(node), []
    channel.basic_qos(0, 2, True)  # global: for all consumers of the channel
    channel.basic_consume(queue, callback=got.append)
    channel.connection.drain_events(timeout=30)
    return "gets a message"
# --8<-- [end:qos]


def cells(node):
    for queue, arguments in QUEUES.items():
        declare(channel_of(node), queue, arguments)
        send(channel_of(node), queue, [1])
    said = [answer(consume, node, queue) for queue in QUEUES]
    return mirror(node), *said


def main():
    with ExitStack() as stack:
        nodes = [RabbitMQ(servers=servers) for servers in VERSIONS.values()]
        list(threads.map(stack.enter_context, nodes))
        rows = threads.map(cells, nodes)
        table(
            (
                "RabbitMQ",
                "policy `ha-mode`",
                "global QoS, classic queue",
                "global QoS, quorum queue",
            ),
            *((name, *row) for name, row in zip(VERSIONS, rows, strict=True)),
        )


if __name__ == "__main__":
    main()
