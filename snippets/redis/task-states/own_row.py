# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "psycopg[binary]"]
#
# [tool.acked]
# services = ["redis", "rabbitmq", "postgresql"]
# starts = ["redis"]
# timeout = 120
# ///
"""States are lost, and the caller sends again what is not SUCCESS."""

import os

import psycopg
from celery import Celery

from acked.lab import note, runs, table
from acked.services import Redis, Worker, wait_until

app = Celery("own_row")
DATABASE = os.environ["DATABASE_URL"]
ORDERS = range(10)


# --8<-- [start:tasks]
@app.task
def charge(order):
    with psycopg.connect(DATABASE) as connection:
        connection.execute("INSERT INTO charges VALUES (%s)", [order])
    note("charge")


@app.task(ignore_result=True)
def charge_once(order):
    with psycopg.connect(DATABASE) as connection:
        connection.execute(
            "INSERT INTO charges_once VALUES (%s) ON CONFLICT DO NOTHING",
            [order],
        )
    note("charge_once")
# --8<-- [end:tasks]


# --8<-- [start:again]
def not_successful(results):
    return [order for order in ORDERS if results[order].state != "SUCCESS"]


def without_a_row(table_name):
    rows = query(f"SELECT order_id FROM {table_name}")
    return set(ORDERS) - {order for (order,) in rows}
# --8<-- [end:again]


def query(sql):
    with psycopg.connect(DATABASE) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def send(task, orders):
    """Send, and wait until as many more were executed."""
    before = runs(task.__name__)
    ids = {order: task.delay(order).id for order in orders}
    wait_until(lambda: runs(task.__name__) == before + len(ids), 60)
    return ids


def rows(table_name):
    [(count,)] = query(f"SELECT count(*) FROM {table_name}")
    return count


def main():
    query("CREATE TABLE charges (order_id int)")
    query("CREATE TABLE charges_once (order_id int PRIMARY KEY)")
    with Redis() as backend:
        os.environ["CELERY_RESULT_BACKEND"] = backend.url
        with Worker(__file__, "--concurrency=1"):
            first = send(charge, ORDERS)
            send(charge_once, ORDERS)
            wait_until(lambda: len(first) == len(backend.client().keys("*")))
            backend.kill()
            backend.start()
            results = {o: app.AsyncResult(first[o]) for o in ORDERS}
            again = not_successful(results)
            send(charge, again)
            missing = without_a_row("charges_once")
            asked_the_row = rows("charges_once")
            send(charge_once, ORDERS)
    table(
        ("the caller sends again", "sent again", "charges of 10 orders"),
        ("what is not `SUCCESS`", len(again), rows("charges")),
        ("what has no row", len(missing), asked_the_row),
        ("everything, to `charge_once`", len(ORDERS), rows("charges_once")),
    )


if __name__ == "__main__":
    main()
