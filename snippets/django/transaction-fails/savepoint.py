# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# ///
from textwrap import shorten

from django.db import IntegrityError, transaction

from shop import Order, User, create_tables
from wire import Proxy


# --8<-- [start:savepoint]
@transaction.atomic
def order(username, total):
    try:
        with transaction.atomic():
            user = User.objects.create(username=username)
    except IntegrityError:
        user = User.objects.get(username=username)
    Order.objects.create(user=user, total=total)
# --8<-- [end:savepoint]


@transaction.atomic
def order_without_savepoint(username, total):
    try:
        user = User.objects.create(username=username)
    except IntegrityError:
        user = User.objects.get(username=username)
    Order.objects.create(user=user, total=total)


create_tables()
proxy = Proxy()
User.objects.create(username="ann")
proxy.queries.clear()

order("ann", 10)
for query in proxy.queries:
    print(shorten(query, 60, placeholder=" …"))
print("orders saved:", Order.objects.count())

print("\nwithout the inner atomic:")
try:
    order_without_savepoint("ann", 20)
except transaction.TransactionManagementError as error:
    first, second = str(error).split(". ", 1)
    print(f"{type(error).__name__}: {first}.\n{second}")
print("orders saved:", Order.objects.count())
