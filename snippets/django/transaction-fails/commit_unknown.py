# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# ///
import time
from uuid import uuid4

from django.db import OperationalError, connection, transaction

from shop import Order, User, create_tables, table
from wire import Proxy


# --8<-- [start:buy]
def buy(request_id):  # does not use it
    with transaction.atomic():
        transaction.on_commit(lambda: callbacks.append("ran"))
        ids.append(transaction_id())
        Order.objects.create(user=ann, total=10)


def buy_once(request_id):
    with transaction.atomic():
        Order.objects.get_or_create(
            request_id=request_id, defaults={"user": ann, "total": 10}
        )


def transaction_id():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        return cursor.fetchone()[0]


def status(transaction_id):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_xact_status(%s::xid8)", [transaction_id])
        return cursor.fetchone()[0]
# --8<-- [end:buy]


def attempt_and_retry(buy, lost):
    Order.objects.all().delete()
    ids.clear()
    callbacks.clear()
    request_id = uuid4()
    proxy.lose = lost
    seen = state = "nothing"
    try:
        buy(request_id)
    except OperationalError as error:
        seen = f"`{type(error).__name__}`"
        state = f"`{error.__cause__.sqlstate}`"
    proxy.lose = None
    rows = Order.objects.count()
    ran = "yes" if callbacks else "no"
    while ids and status(ids[-1]) == "in progress":
        time.sleep(0.01)  # the server has not noticed yet
    told = f"`{status(ids[-1])}`" if ids else ""
    buy(request_id)
    return seen, state, ran, rows, told, Order.objects.count()


create_tables()
ann = User.objects.create(username="ann")
callbacks, ids = [], []
proxy = Proxy()
LOST = ("COMMIT", "its reply")
naive = [attempt_and_retry(buy, lost) for lost in LOST]
with_key = [attempt_and_retry(buy_once, lost) for lost in LOST]
FACTS = (
    "the caller sees",
    "its `sqlstate`",
    "`on_commit` ran",
    "rows in the table now",
    "`pg_xact_status` says",
    "rows after one retry",
)
table(
    ("", *(f"{lost} is lost" for lost in LOST)),
    *zip(FACTS, *naive, strict=True),
    ("rows after one retry with a key", *(facts[-1] for facts in with_key)),
)
