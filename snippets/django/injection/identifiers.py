# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# timeout = 120
# ///
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start, table

start()

from django.contrib.auth.models import User
from django.core.exceptions import FieldError
from django.db import DatabaseError, connection
from psycopg import sql
from shop.models import Author, Book, Order


# --8<-- [start:sorts]
def order_by(column):
    orders = Order.objects.order_by(column)
    return [order.customer.username for order in orders]


COLUMNS = {"newest": "-id", "book": "book__title"}


def allowed(column):
    return order_by(COLUMNS.get(column, "-id"))


SELECT = """
    SELECT u.username FROM shop_order o JOIN auth_user u ON u.id = customer_id
    ORDER BY """


def select(query, params=None):
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return [name for [name] in cursor.fetchall()]


def f_string(column):
    return select(f"{SELECT} {column}")


def parameter(column):
    return select(f"{SELECT} %s", [column])


def identifier(column):
    return select(sql.SQL(SELECT + "{}").format(sql.Identifier(column)))
# --8<-- [end:sorts]


def outcome(sort, column):
    """Whose orders came in which order, and how many superusers it made."""
    User.objects.update(is_superuser=False)
    try:
        names = ", ".join(sort(column))
    except (DatabaseError, FieldError) as error:
        names = f"`{type(error).__name__}`"
        if sort is parameter:
            names = f"`{str(error).splitlines()[0]}`"
    return names, User.objects.filter(is_superuser=True).count()


book = Book.objects.create(
    title="Dune", author=Author.objects.create(name="Herbert")
)
for username, password in (("ann", "c"), ("bob", "a"), ("cat", "b")):
    Order.objects.create(
        book=book,
        reference=username,
        customer=User.objects.create(username=username, password=password),
    )


def bound_on_the_server(column):
    """Does `parameter` sort when the server binds it? (In a list, as names.)"""
    connection.close()
    connection.settings_dict["OPTIONS"]["server_side_binding"] = True
    up, down = parameter(column), select(f"{SELECT} %s DESC", [column])
    return ["no error, not sorted" if up == down else "sorted"]


COLUMN = "customer__password"
SQL_COLUMN = "password"
HOSTILE = "1; UPDATE auth_user SET is_superuser = true"
ways = (
    (order_by, COLUMN),
    (order_by, HOSTILE),
    (allowed, COLUMN),
    (allowed, HOSTILE),
    (f_string, SQL_COLUMN),
    (f_string, HOSTILE),
    (parameter, SQL_COLUMN),
    (identifier, SQL_COLUMN),
    (identifier, HOSTILE),
)
table(
    ("sort", "by", "orders of, in this order", "superusers"),
    *(
        (f"`{sort.__name__}`", f"`{column}`", *outcome(sort, column))
        for sort, column in ways
    ),
    (
        "`parameter`, `server_side_binding`",
        f"`{SQL_COLUMN}`",
        *outcome(bound_on_the_server, SQL_COLUMN),
    ),
)
