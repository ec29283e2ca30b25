# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 240
# ///
"""The worker dies between the end of a task and its acknowledgement: what
keeps the customer from paying twice?
"""

import os
import sqlite3
import tempfile

from celery import Celery

from acked.lab import record, table
from acked.services import Worker, wait_until

app = Celery("idempotent")
app.conf.task_acks_late = True
app.conf.worker_deduplicate_successful_tasks = "DEDUPLICATE" in os.environ
DATABASE = os.environ.get("SHOP") or f"{tempfile.mkdtemp()}/shop.db"
database = sqlite3.connect(DATABASE, autocommit=True, timeout=30)


# --8<-- [start:tasks]
@app.task
def charge(order):
    call_the_bank(order)
    database.execute("INSERT INTO payments VALUES (?)", [order])


@app.task
def charge_once(order):
    call_the_bank(order)
    database.execute(
        "INSERT INTO paid_orders VALUES (?) ON CONFLICT DO NOTHING", [order]
    )
# --8<-- [end:tasks]


def call_the_bank(order):
    record.incr(order)
    record.blmove("gate", "gate", timeout=0)


def runs(order):
    return int(record.get(order) or 0)


def rows(payments, order):
    query = f"SELECT count(*) FROM {payments} WHERE order_id = ?"
    return database.execute(query, [order]).fetchone()[0]


def worker(options, **env):
    return Worker(__file__, options, {**os.environ, "SHOP": DATABASE, **env})


def main():
    database.execute("CREATE TABLE payments (order_id TEXT)")
    database.execute("CREATE TABLE paid_orders (order_id TEXT PRIMARY KEY)")
    # --8<-- [start:crash]
    with worker("--concurrency=3 -Q celery,deduplicated") as first:
        results = [
            charge.delay("A"),
            charge_once.delay("B"),
            charge.apply_async(["C"], queue="deduplicated"),
        ]
        wait_until(lambda: runs("A") and runs("B") and runs("C"))
        first.freeze_parent()  # no acknowledgement gets out
        record.lpush("gate", "open")
        wait_until(lambda: all(r.state == "SUCCESS" for r in results))
        first.kill()
    # --8<-- [end:crash]
    with worker("-Q celery") as plain:
        charge.delay("last").get(timeout=30)
        plain.shut_down("warm")
    with worker("-Q deduplicated", DEDUPLICATE="yes") as deduplicating:
        charge.apply_async(["last"], queue="deduplicated").get(timeout=30)
        deduplicating.shut_down("warm")
    name = "`worker_deduplicate_successful_tasks`"
    table(
        ("after the crash", "runs", "payments"),
        ("plain `INSERT`", runs("A"), rows("payments", "A")),
        ("primary key", runs("B"), rows("paid_orders", "B")),
        (name, runs("C"), rows("payments", "C")),
    )


if __name__ == "__main__":
    main()
