"""The worker's side: the task, and notes of what the worker saw and when."""

import json
import time

import redis
from celery import Celery, signals

from shop import REDIS_URL, Order

notes = redis.Redis.from_url(
    REDIS_URL,
    decode_responses=True,
    socket_timeout=60,  # longer than we wait for a note
)

# --8<-- [start:task]
app = Celery("shop", broker=REDIS_URL)


@app.task
def send_receipt(order_id):
    order = Order.objects.get(pk=order_id)
    return f"receipt for {order.total}"
# --8<-- [end:task]


def note(lane, mark, text):
    """One event of a timeline."""
    notes.rpush("timeline", json.dumps([time.monotonic(), lane, mark, text]))


@signals.task_prerun.connect(sender=send_receipt)
def begins(args, **_):
    note("worker", "+", "looks for the row")


@signals.task_postrun.connect(sender=send_receipt)
def ends(args, state, retval, **_):
    found = "found the row" if state == "SUCCESS" else type(retval).__name__
    note("worker", "-" if state == "SUCCESS" else "x", found)
    notes.rpush(f"outcome:{args[0]}", found)


def outcome(order_id):
    """Wait for the worker; what it found for this order."""
    answer = notes.blpop([f"outcome:{order_id}"], timeout=30)
    return answer[1] if answer else "no answer"
