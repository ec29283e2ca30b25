# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "redis"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# services = ["redis"]
# timeout = 180
# ///
"""SIGKILL a consumer at four moments; what does the next one get?"""

import os
import shlex
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

from holder import MOMENTS
from kombu import Connection, Producer, Queue

from acked.lab import note, runs, table
from acked.services import Program, RabbitMQ, wait_until

HERE = Path(__file__).resolve().parent
SERVERS = {"3.10": "bookworm", "4.0": "trixie", "4.3": None}
KINDS = ["classic", "quorum"]
KEPT = ("before_the_work", "between_work_and_ack")
LAST = "the last one"


def consumer(url, names):
    command = shlex.join(["holder.py", *names])
    return Holder(command, HERE, "ready", {**os.environ, "AMQP_URL": url})


class Holder(Program):
    def __init__(self, command, folder, ready_when, env):
        super().__init__(command, folder, ready_when, env)
        self.words = shlex.split(command)


def run(version, kind, node):
    """(redelivered, x-delivery-count, times worked) of each moment."""
    names = {moment: f"{version} {kind} {moment}" for moment in MOMENTS}
    with Connection(node.url) as connection:
        channel = connection.default_channel
        for name in names.values():
            arguments = {"x-queue-type": kind}
            Queue(name, queue_arguments=arguments)(channel).declare()
            connection.Producer().publish("order", routing_key=name)
        # --8<-- [start:kill]
        with consumer(node.url, names.values()) as first:
            first.kill()
        # Those that come back first, so that the others had the time, too.
        found = {m: next_consumer(names[m], channel) for m in MOMENTS}
        # --8<-- [end:kill]
    return found


def next_consumer(name, channel):
    queue = Queue(name)(channel)
    if name.split()[-1] in KEPT:
        message = wait_until(queue.get)
        note(f"{name} work")
        message.ack()
        count = message.headers.get("x-delivery-count", "-")
        told = (message.delivery_info["redelivered"], count)
    else:
        Producer(channel).publish(LAST, routing_key=name)
        assert wait_until(queue.get).payload == LAST
        told = ("not delivered again", "-")
    return *told, runs(f"{name} work")


def on(version):
    with RabbitMQ(servers=SERVERS[version]) as node:
        return {kind: run(version, kind, node) for kind in KINDS}


def main():
    with ThreadPoolExecutor() as threads:
        results = dict(zip(SERVERS, threads.map(on, SERVERS)))
    heads = ["killed", "`redelivered`", "`x-delivery-count`", "work done"]
    rows = [["RabbitMQ", "queue", *heads]]
    for moment, kind in product(MOMENTS, KINDS):
        by_version = {v: results[v][kind][moment] for v in SERVERS}
        [outcome] = set(by_version.values())  # all versions agree
        rows += [[", ".join(SERVERS), kind, moment.replace("_", " "), *outcome]]
    table(*rows)


if __name__ == "__main__":
    main()
