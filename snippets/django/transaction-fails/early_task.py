# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "redis"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# worker = "--concurrency=1"
# timeout = 60
# ///
from functools import partial

from django.db import transaction

from shop import Order, User, create_tables, table
from tasks import app, notes, outcome, send_receipt  # app: for the worker


# --8<-- [start:ways]
def delay(order_id):
    send_receipt.delay(order_id)


def countdown(order_id):
    send_receipt.apply_async([order_id], countdown=1)


def on_commit(order_id):
    transaction.on_commit(partial(send_receipt.delay, order_id))


def delay_on_commit(order_id):
    send_receipt.delay_on_commit(order_id)


def buy(send, last_step):
    with transaction.atomic():
        order = Order.objects.create(user=user, total=10)
        send(order.pk)
        last_step(order.pk)
    return order.pk
# --8<-- [end:ways]


def slow(order_id):
    """The block goes on until the worker has looked."""
    seen[order_id] = outcome(order_id)


def quick(order_id):
    pass


def commits(sent_with, send, last_step, when):
    order_id = buy(send, last_step)
    return sent_with, when, seen.get(order_id) or outcome(order_id)


def rolls_back(sent_with, send):
    def declined(order_id):
        raise RuntimeError(order_id)

    try:
        buy(send, declined)
    except RuntimeError as error:
        [order_id] = error.args
    marker = buy(delay_on_commit, quick)
    outcome(marker)  # the only worker has done all that was sent before it
    found = notes.lpop(f"outcome:{order_id}") or "was never asked"
    return sent_with, "rolls back", found


if __name__ == "__main__":
    create_tables()
    user = User.objects.create(username="ann")
    seen = {}
    table(
        ("sent with", "the block", "the worker"),
        commits("`delay`", delay, slow, "is slow, commits"),
        commits("a countdown", countdown, slow, "is slow, commits"),
        commits("`on_commit`", on_commit, quick, "commits"),
        commits("`delay_on_commit`", delay_on_commit, quick, "commits"),
        rolls_back("`delay`", delay),
        rolls_back("`on_commit`", on_commit),
    )
