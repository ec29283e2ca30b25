# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""What `.delay()` does while RabbitMQ is down or frozen."""

import json
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from celery import Celery
from kombu import Connection
from kombu.exceptions import OperationalError

from acked.lab import table
from acked.services import RabbitMQ, wait_until

CASES = {
    "Celery's defaults": {},
    "confirms": {"broker_transport_options": {"confirm_publish": True}},
}
threads = ThreadPoolExecutor()


# --8<-- [start:attempt]
def ship(order):
    """The task; no worker runs it here."""


def attempt(task, order):
    try:
        task.delay(order)
        return "returns"
    except OperationalError:
        return "raises `OperationalError`"
# --8<-- [end:attempt]


def ship_of(broker: RabbitMQ, case: str):
    """The task of an app with these settings and an open connection."""
    app = Celery(case, broker=broker.url)
    app.conf.update(CASES[case], task_default_queue=case)
    task = app.task(ship, name="ship")
    task.delay("to open the connection")
    return task


def orders_there(broker: RabbitMQ, task) -> list[str]:
    """What its queue holds, up to a task sent on the same connection."""
    task.delay("closing")
    orders = []
    with Connection(broker.url) as connection:
        channel, queue = connection.default_channel, task.app.main
        while "closing" not in orders:
            found = wait_until(lambda: channel.basic_get(queue, no_ack=True))
            orders.append(json.loads(found.body)[0][0])
    return orders


def attempt_while_frozen(tasks, order, then) -> list[str]:
    calls = [threads.submit(attempt, task, order) for task in tasks]
    wait(calls, return_when=FIRST_COMPLETED)
    stuck = [not call.done() for call in calls]
    then()
    said = [call.result() for call in calls]
    return ["waits, then " * s + word for s, word in zip(stuck, said)]


def main() -> None:
    rows = {}
    with RabbitMQ() as broker:
        ships = [ship_of(broker, case) for case in CASES]
        # --8<-- [start:down]
        broker.kill()
        rows["down"] = [attempt(ship, "down") for ship in ships]
        # --8<-- [end:down]
        broker.start()
        there = {"down": [orders_there(broker, ship) for ship in ships]}
        for state, then in (
            ("frozen, then killed", broker.kill),
            ("frozen, then thawed", broker.thaw),
        ):
            ships = [ship_of(broker, case) for case in CASES]
            # --8<-- [start:frozen]
            broker.freeze()
            rows[state] = attempt_while_frozen(ships, state, then)
            # --8<-- [end:frozen]
            if state.endswith("killed"):
                broker.start()
            there[state] = [orders_there(broker, ship) for ship in ships]
    table(
        ("RabbitMQ is", "settings", "`.delay()`", "tasks there later"),
        *(
            (state, case, word, orders.count(state))
            for state, words in rows.items()
            for case, word, orders in zip(CASES, words, there[state])
        ),
    )


if __name__ == "__main__":
    main()
