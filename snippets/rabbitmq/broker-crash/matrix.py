# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 180
# ///
"""Which messages outlive a node: queue x message x confirms x end x moment."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from itertools import count, product
from threading import Thread
from time import sleep

from amqp.exceptions import PreconditionFailed
from broker_files import consume_all, index_entries, knows_quorum_queue
from kombu import Connection, Producer, Queue

from acked.services import RabbitMQ, wait_until

# --8<-- [start:cells]
QUEUES = {
    "classic, durable": ("classic", True),
    "classic, transient": ("classic", False),
    "quorum, durable": ("quorum", True),
    "quorum, transient": ("quorum", False),
}
MESSAGES = {"persistent": 2, "transient": 1}
CONFIRMS = {
    "without confirms": {},
    "with confirms": {"confirm_publish": True},
}
ENDS = ("clean stop", "SIGKILL")
# --8<-- [end:cells]
CELLS = list(product(QUEUES, MESSAGES))
WAITING = 100
UNREAD = 3000


class Sender:
    """A connection, a queue, and how many messages the sender believes in."""

    def __init__(self, broker: RabbitMQ, queue: str, message: str, options):
        self.broker, self.queue, self.message = broker, queue, message
        self.name, self.sent = f"{queue}, {message}", 0
        self.connection = Connection(broker.url, transport_options=options)
        self.producer = Producer(self.connection.channel())

    def declare(self) -> bool:
        kind, durable = QUEUES[self.queue]
        arguments = {"x-queue-type": kind}
        queue = Queue(self.name, durable=durable, queue_arguments=arguments)
        try:
            return bool(queue(self.producer.channel).declare())
        except PreconditionFailed:
            return False

    # --8<-- [start:send]
    def send(self, numbers) -> None:
        for number in numbers:
            self.producer.publish(
                number,
                routing_key=self.name,
                delivery_mode=MESSAGES[self.message],
            )
            self.sent += 1  # accepted: publish() has returned
    # --8<-- [end:send]

    def send_until_the_end(self) -> None:
        try:
            self.send(count(WAITING))
        except self.connection.connection_errors:
            pass

    def is_safe(self) -> bool:
        """Whether the node's files know the queue, and what waits in it."""
        if self.queue.startswith("quorum"):
            return knows_quorum_queue(self.broker, self.name)
        return index_entries(self.broker, self.name) == WAITING

    def verdicts(self) -> tuple[str, str]:
        found = consume_all(self.broker.url, self.name)
        if found is None:
            return ("none (queue gone)",) * 2
        waiting = [number for number in found if number < WAITING]
        return verdict(waiting, WAITING), verdict(found, self.sent)


def verdict(found: list[int], sent: int) -> str:
    if set(found).issuperset(range(sent)):
        return "all"
    return "some lost" if found else "none (queue there)"


def pile_up(senders: list[Sender]) -> None:
    """Until each has enough on its way, or stands before a full socket."""
    frozen_at = [sender.sent for sender in senders]
    earlier, now = None, []
    while now != earlier:
        sleep(0.5)
        counts = zip(senders, frozen_at)
        earlier = now
        now = [min(UNREAD, sender.sent - at) for sender, at in counts]


def end(broker: RabbitMQ, how: str, senders: list[Sender]) -> None:
    # --8<-- [start:end]
    broker.freeze()  # so that messages are on their way at the end
    pile_up(senders)
    if how == "SIGKILL":
        broker.kill()
    else:
        os.kill(broker.pid, signal.SIGTERM)
        broker.thaw()
        broker.stop()
    # --8<-- [end:end]


def run(confirms: str, how: str) -> dict[str, tuple[str, str]]:
    """What became of the waiting and of all messages, cell by cell."""
    with RabbitMQ() as broker:
        senders = []
        for cell in CELLS:
            sender = Sender(broker, *cell, CONFIRMS[confirms])
            if sender.declare():
                senders.append(sender)
                sender.send(range(WAITING))
        for sender in senders:
            wait_until(sender.is_safe)
        threads = [Thread(target=s.send_until_the_end) for s in senders]
        for thread in threads:
            thread.start()
        wait_until(lambda: all(s.sent >= 2 * WAITING for s in senders))
        end(broker, how, senders)
        for thread in threads:
            thread.join()
        broker.start()
        return {sender.name: sender.verdicts() for sender in senders}


def main() -> None:
    cases = list(product(CONFIRMS, ENDS))
    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(run, *zip(*cases)))
    heads = ["queue", "message"]
    heads += [f"waiting, {how}" for how in ENDS]
    heads += [f"sending {confirms}, {how}" for confirms, how in cases]
    print(table_row(heads))
    print(table_row(["---"] * len(heads)))
    for queue, message in CELLS:
        name = f"{queue}, {message}"
        pairs = [result.get(name, ("refused",) * 2) for result in results]
        waiting, sending = zip(*pairs)
        assert waiting[:2] == waiting[2:]  # confirms change nothing for them
        print(table_row([queue, message, *waiting[:2], *sending]))


def table_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
