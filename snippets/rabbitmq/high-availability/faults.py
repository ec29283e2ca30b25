# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 240
# ///
"""Three nodes: one is killed, then a second one, then both return."""

import json
import os
import subprocess
from contextlib import ExitStack

import cluster
from cluster import QUEUES, Consumer, channel_of, declare, look, send

from acked import suite
from acked.lab import table
from acked.services import RabbitMQ

ROWS = []
CONFIRMED = {queue: set(map(str, range(100))) for queue in QUEUES}


def rabbitmq_queues(node, *words):
    argv = suite.wrap(["rabbitmq-queues", *words], node.home, node.where)
    env = {**os.environ, **node.environment()}
    subprocess.run(argv, env=env, stdout=subprocess.DEVNULL, check=True)


def members(node, leader):
    """How many nodes hold a copy of each queue."""
    words = ("list_queues", "--formatter", "json", "name", "members", "leader")
    listed = json.loads(node.rabbitmqctl(*words))
    assert all(queue["leader"] == leader.node for queue in listed)
    return {queue["name"]: len(queue["members"]) for queue in listed}


# --8<-- [start:grow]
def grow(stack, first, second):
    for queue, arguments in QUEUES.items():
        declare(channel_of(first), queue, arguments)
        send(channel_of(first), queue, range(100))
    third = stack.enter_context(RabbitMQ(join=first))
    joined = members(third, first)
    rabbitmq_queues(third, "grow", third.node, "all")
    grown = members(third, first)
    # --8<-- [end:grow]
    for moment, count in {"a third node joins": joined, "grow": grown}.items():
        ROWS.append((f"{moment}: copies", *(count[q] for q in QUEUES)))
    return third


def state(name, node, consumers, body):
    found = look(node, consumers, body)
    for who, said in found.items():
        ROWS.append((f"{name}: {who}", *said))
    for queue, said in zip(QUEUES, found["sender"], strict=True):
        if said == "confirmed":
            CONFIRMED[queue].add(str(body))


def main():
    with ExitStack() as stack:
        first, second = cluster.start_nodes(stack, 2)
        third = grow(stack, first, second)
        cluster.hurry(third)
        consumers = {queue: Consumer(third, queue) for queue in QUEUES}
        # --8<-- [start:kill]
        state("all up", third, consumers, 100)
        first.kill()
        state("leader killed", third, consumers, 101)
        second.kill()
        state("second node killed", third, consumers, 102)
        cluster.hang_up(*(consumer.channel for consumer in consumers.values()))
        list(cluster.threads.map(RabbitMQ.start, (first, second)))
        # --8<-- [end:kill]
        lost = [lost_of(third, queue, consumers[queue]) for queue in QUEUES]
    confirmed = map(len, CONFIRMED.values())
    ROWS.append(("both back: messages confirmed", *confirmed))
    ROWS.append(("both back: of these lost", *lost))
    table(("", *(f"{queue} queue" for queue in QUEUES)), *ROWS)


def lost_of(node, queue, consumer):
    came = {*cluster.everything(node, queue), *consumer.seen}
    return len(CONFIRMED[queue] - came)


if __name__ == "__main__":
    main()
