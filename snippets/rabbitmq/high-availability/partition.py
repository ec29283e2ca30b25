# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 180
# ///
"""The node that leads is cut off from the other two, and comes back."""

from contextlib import ExitStack

import cluster
from cluster import QUEUES, Consumer, channel_of, declare, look, send

from acked.lab import table


# --8<-- [start:cut]
def cut(node, others):
    spoil = "erlang:set_cookie(N, no), erlang:disconnect_node(N)"
    for_each(others, node, spoil)


def heal(node, others):
    mend = "erlang:set_cookie(N, 'ACKED'), net_kernel:connect_node(N)"
    for_each(others, node, mend)
# --8<-- [end:cut]


def for_each(others, node, calls):
    nodes = ", ".join(f"'{other.node}'" for other in others)
    node.rabbitmqctl("eval", f"[begin {calls} end || N <- [{nodes}]].")


def main():
    with ExitStack() as stack:
        alone, *majority = cluster.start_nodes(stack, 3)
        cluster.hurry(alone)
        for queue, arguments in QUEUES.items():
            declare(channel_of(alone), queue, arguments)
            send(channel_of(alone), queue, range(100))
        leaders = alone.rabbitmqctl("list_queues", "leader").split()
        assert leaders.count(alone.node) == len(QUEUES)
        sides = (alone, majority[0])
        consumers = [{q: Consumer(n, q) for q in QUEUES} for n in sides]
        # --8<-- [start:run]
        cut(alone, majority)
        left = look(alone, consumers[0], 100)
        right = look(majority[0], consumers[1], 101)
        for consumer in (*consumers[0].values(), *consumers[1].values()):
            cluster.hang_up(consumer.channel)
        heal(alone, majority)
        found = [cluster.everything(majority[1], queue) for queue in QUEUES]
        # --8<-- [end:run]
    tell(left, right, consumers, found)


def tell(left, right, consumers, found):
    rows = [
        (f"{side}: {who}", *said)
        for side, looks in {"cut off": left, "majority": right}.items()
        for who, said in looks.items()
    ]
    facts = []
    for queue, there in zip(QUEUES, found, strict=True):
        first, second = consumers[0][queue].seen, consumers[1][queue].seen
        came = {*there, *first, *second}
        lost = {str(body) for body in range(100)} - came
        told = ("100" in came, "101" in came, first[0] in there)
        facts.append((len(lost), *("yes" if fact else "no" for fact in told)))
    names = (
        "healed: lost of the first 100",
        "healed: 100 is there, sent to the node cut off",
        "healed: 101 is there, sent to the majority",
        "healed: acknowledged to the node cut off, came again",
    )
    rows += zip(names, *facts, strict=True)
    table(("", *(f"{queue} queue" for queue in QUEUES)), *rows)


if __name__ == "__main__":
    main()
