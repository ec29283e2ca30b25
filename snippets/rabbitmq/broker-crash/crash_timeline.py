# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""One crash of RabbitMQ, from three seats: broker, sender, worker."""

import os
from pathlib import Path
from time import sleep, time

from broker_files import knows_quorum_queue
from celery import Celery
from kombu.exceptions import OperationalError

from acked.services import RabbitMQ, Worker, wait_until

# --8<-- [start:shop]
app = Celery("crash_timeline")
app.conf.task_acks_late = True
app.conf.task_default_queue_type = "quorum"
app.conf.broker_transport_options = {"confirm_publish": True}
# --8<-- [end:shop]
DESK = Path(os.environ.get("DESK", "."))


def note(lane: str, mark: str, text: str) -> None:
    with open(DESK / "events", "a") as events:
        events.write(f"{time()}  {lane}  {mark}  {text}\n")


# --8<-- [start:task]
@app.task(bind=True)
def ship(self, order):
    again = ", redelivered" * self.request.delivery_info["redelivered"]
    note("worker", "+", f"order {order}{again}")
    if order == 1:
        wait_until((DESK / "sender has given up").exists)
    sleep(0.4)  # the work
    note("worker", "-", f"order {order} shipped")
# --8<-- [end:task]


def happened(text: str) -> int:
    return (DESK / "events").read_text().count(text)


def crash(broker: RabbitMQ, worker: Worker) -> None:
    # --8<-- [start:crash]
    note("broker", "+", "RabbitMQ up")
    note("sender", ".", "sends order 1")
    ship.delay(1)
    wait_until(lambda: happened("+  order 1"))
    ship.delay(2)
    ship.delay(3)
    note("sender", ".", "orders 2 and 3 are confirmed and wait")

    broker.kill()
    note("broker", "x", "SIGKILL")
    wait_until(lambda: "Connection to broker lost" in worker.log())
    note("worker", ".", "connection lost, order 1 goes on")
    try:
        ship.delay(4)
    except OperationalError:
        note("sender", ".", "order 4: OperationalError")
    (DESK / "sender has given up").touch()
    wait_until(lambda: happened("order 1 shipped"))

    broker.start()
    note("broker", "+", "up again on the same data")
    wait_until(lambda: happened("order 3 shipped"))
    # --8<-- [end:crash]
    note("broker", "-", "end of the run")


def timeline() -> list[str]:
    lines = sorted((DESK / "events").read_text().splitlines())
    start = float(lines[0].split()[0])
    for number, line in enumerate(lines):
        moment, rest = line.split("  ", 1)
        lines[number] = f"{float(moment) - start:.2f}  {rest}"
    return lines


if __name__ == "__main__":
    with RabbitMQ() as broker:
        DESK = broker.home
        app.conf.broker_url = broker.url
        env = {"CELERY_BROKER_URL": broker.url, "DESK": str(DESK)}
        with Worker(__file__, "--concurrency=1", env) as worker:
            wait_until(lambda: knows_quorum_queue(broker, "celery"))
            crash(broker, worker)
        print(*timeline(), sep="\n")
