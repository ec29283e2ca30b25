# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "redis"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# worker = "--concurrency=1"
# timeout = 60
# ///
import json
import time

from django.db import transaction

from shop import Order, User, create_tables
from tasks import app, note, notes, outcome, send_receipt


def charge_card():
    time.sleep(0.3)


def too_early():
    note("request 1", "+", "BEGIN")
    with transaction.atomic():
        order = Order.objects.create(user=user, total=10)
        note("request 1", ".", "INSERT, then delay()")
        send_receipt.delay(order.pk)
        charge_card()
        outcome(order.pk)
    note("request 1", "-", "COMMIT")


def in_time():
    note("request 2", "+", "BEGIN")

    def committed():
        note("request 2", "-", "COMMIT, then delay()")
        send_receipt.delay(order.pk)

    with transaction.atomic():
        order = Order.objects.create(user=user, total=10)
        note("request 2", ".", "INSERT, then on_commit()")
        transaction.on_commit(committed)
        charge_card()
    outcome(order.pk)


if __name__ == "__main__":
    create_tables()
    user = User.objects.create(username="ann")
    send_receipt.delay(0)
    outcome(0)  # the worker is warm now
    notes.delete("timeline")
    too_early()
    in_time()
    events = [json.loads(event) for event in notes.lrange("timeline", 0, -1)]
    for at, lane, mark, text in sorted(events):
        print(f"{at - events[0][0]:.2f}  {lane}  {mark}  {text}")
