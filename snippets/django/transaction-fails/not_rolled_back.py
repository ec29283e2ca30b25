# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "redis"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# ///
import redis
from celery import Celery
from django.core.cache import cache
from django.db import connection, transaction

from shop import REDIS_URL, Order, User, create_tables, table

app = Celery("not_rolled_back", broker=REDIS_URL)


@app.task
def send_receipt(order_id):
    """No worker runs here: we count what waits for one."""


def look():
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM shop_user_id_seq")
        [last_id] = cursor.fetchone()
    return {
        "`total` in the database": Order.objects.get().total,
        "users in the database": User.objects.count(),
        "last id given out by the sequence": last_id,
        "`order.total` in Python": order.total,
        "`bob.pk` in Python": bob.pk,
        "`total` in the cache": cache.get("total"),
        "tasks in the queue": redis.from_url(REDIS_URL).llen("celery"),
    }


create_tables()
ann = User.objects.create(username="ann")
order = Order.objects.create(user=ann, total=10)
bob = User(username="bob")
before = look()

# --8<-- [start:block]
try:
    with transaction.atomic():
        order.total = 99
        order.save()
        bob.save()
        cache.set("total", order.total)
        send_receipt.delay(order.pk)
        inside = look()
        raise RuntimeError("the payment provider is down")
except RuntimeError:
    after = look()
# --8<-- [end:block]

table(
    ("", "before", "inside", "after the rollback", "undone"),
    *(
        (what, before[what], inside[what], after[what], undone)
        for what in before
        for undone in ["yes" if before[what] == after[what] else "**no**"]
    ),
)
