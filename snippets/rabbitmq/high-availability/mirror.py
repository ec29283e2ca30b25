# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["bookworm"]
# timeout = 240
# ///
"""Two nodes of RabbitMQ 3.10 with the popular policy; one is killed."""

from contextlib import ExitStack

from cluster import answer, channel_of, declare, everything, send, start_nodes

from acked.lab import table


def main():
    with ExitStack() as stack:
        first, second = start_nodes(stack, 2, servers="bookworm")
        declare(channel_of(first), "plain", {})
        # --8<-- [start:mirror]
        mirror = '{"ha-mode": "all"}'
        first.rabbitmqctl("set_policy", "ha-all", "mirrored", mirror)
        declare(channel_of(first), "mirrored", {})
        for queue in ("plain", "mirrored"):
            send(channel_of(first), queue, range(100))
        first.kill()
        # --8<-- [end:mirror]
        there = len(everything(second, "mirrored"))
        plain = answer(declare, channel_of(second), "plain", {})
        fresh = answer(declare, channel_of(second), "fresh", {})
    table(
        ("RabbitMQ 3.10, on the other node", ""),
        ("mirrored queue: confirmed, readable", f"100, {there}"),
        ("plain classic queue", plain),
        ("declare a new queue with one node of two", fresh),
    )


if __name__ == "__main__":
    main()
