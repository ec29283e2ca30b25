# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 120
# ///
"""One message kills its consumer: what becomes of those beside it?"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kombu import Connection, Queue

from acked.lab import runs, table
from acked.services import wait_until

HERE = Path(__file__).resolve().parent
URL = os.environ.get("AMQP_URL", "amqp://guest:guest@localhost:5672//")
MESSAGES = ["poison", *range(9)]


def run(prefetch):
    name, dead = f"orders {prefetch}", f"dead {prefetch}"
    with Connection(URL) as connection:
        channel = connection.default_channel

        def waiting(queue):
            return channel.queue_declare(queue, passive=True).message_count

        def all_are_somewhere():
            found = waiting(name) + waiting(dead) + runs(f"{name} done")
            return found == len(MESSAGES)

        # --8<-- [start:queue]
        arguments = {
            "x-queue-type": "quorum",
            "x-delivery-limit": 3,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": dead,
        }
        Queue(dead)(channel).declare()
        Queue(name, queue_arguments=arguments)(channel).declare()
        # --8<-- [end:queue]
        for message in MESSAGES:
            connection.Producer().publish(message, routing_key=name)
        deaths = 0
        wait_until(all_are_somewhere)
        while waiting(name):
            words = [sys.executable, "crasher.py", name, str(prefetch)]
            env = {**os.environ, "AMQP_URL": URL}
            deaths += subprocess.run(words, cwd=HERE, env=env).returncode < 0
            wait_until(all_are_somewhere)
        done, dead_letters = runs(f"{name} done"), waiting(dead)
        died = Queue(dead)(channel).get().headers["x-death"]
        assert [death["reason"] for death in died] == ["delivery_limit"]
        return [f"{prefetch} at a time", deaths, done, dead_letters]


def main():
    with ThreadPoolExecutor() as threads:
        rows = list(threads.map(run, [1, 4, 10]))
    heads = ["the consumer takes", "its deaths", "done", "dead-lettered"]
    table(heads, *rows)


if __name__ == "__main__":
    main()
