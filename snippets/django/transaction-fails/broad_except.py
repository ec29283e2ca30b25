# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# ///
from django.db import DatabaseError, transaction

from shop import Order, User, create_tables

create_tables()


# --8<-- [start:broad]
def with_a_bug():
    with transaction.atomic():
        user = User.objects.create(username="ann")
        Invoice.objects.create(user=user)  # nobody imported Invoice


try:
    with_a_bug()
except Exception as error:
    print("Transaction failed:", error)
# --8<-- [end:broad]


def refused():
    with transaction.atomic():
        user = User.objects.create(username="ann")
        Order.objects.create(user=user, total=-1)


for block in (with_a_bug, refused):
    try:
        block()
    except DatabaseError as error:
        print("except DatabaseError:", type(error).__name__)
    except Exception as error:
        print("not for except DatabaseError:", type(error).__name__)
