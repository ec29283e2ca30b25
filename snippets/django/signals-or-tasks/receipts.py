"""An app: the task, and what the worker found."""

import os

import redis
from celery import shared_task, signals

notes = redis.Redis.from_url(
    os.environ.get("REDIS_URL", "redis://localhost:6379/0"),
    decode_responses=True,
    socket_timeout=60,  # longer than we wait for a note
)


# --8<-- [start:task]
@shared_task
def send_receipt(order_id):
    from shop.models import Order

    return Order.objects.get(pk=order_id).reference
# --8<-- [end:task]


@signals.task_postrun.connect(sender=send_receipt)
def note_outcome(args, state, retval, **kwargs):
    found = "found the row" if state == "SUCCESS" else type(retval).__name__
    notes.rpush(f"outcome:{args[0]}", found)
    notes.incr("executed")


# --8<-- [start:receivers]
def delay_at_once(sender, instance, created, **kwargs):
    if created:
        send_receipt.delay(instance.pk)


def delay_on_commit(sender, instance, created, **kwargs):
    if created:
        send_receipt.delay_on_commit(instance.pk)
# --8<-- [end:receivers]
