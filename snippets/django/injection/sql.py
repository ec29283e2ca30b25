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
from django.db import DatabaseError, connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL


# --8<-- [start:orm]
def orm(name):
    return User.objects.filter(username=name)
# --8<-- [end:orm]


# --8<-- [start:raw]
SELECT = "SELECT * FROM auth_user WHERE username = "


def raw_f_string(name):
    return User.objects.raw(f"{SELECT} '{name}'")


def raw_params(name):
    return User.objects.raw(f"{SELECT} %s", [name])


def raw_params_quoted(name):
    return User.objects.raw(f"{SELECT} '%s'", [name])
# --8<-- [end:raw]


def extra_f_string(name):
    return User.objects.extra(where=[f"username = '{name}'"])


def extra_params(name):
    return User.objects.extra(where=["username = %s"], params=[name])


def rawsql_f_string(name):
    condition = RawSQL(f"username = '{name}'", [], BooleanField())
    return User.objects.filter(condition)


def rawsql_params(name):
    condition = RawSQL("username = %s", [name], BooleanField())
    return User.objects.filter(condition)


def cursor_f_string(name):
    with connection.cursor() as cursor:
        cursor.execute(f"{SELECT} '{name}'")
        return cursor.fetchall()


def cursor_params(name):
    with connection.cursor() as cursor:
        cursor.execute(f"{SELECT} %s", [name])
        return cursor.fetchall()


# --8<-- [start:hostile]
QUOTE = "nobody' OR '1'='1"
NO_QUOTE = " OR 1=1 OR username="
UPDATE = "; UPDATE auth_user SET is_superuser = true; --"
SECOND = ("'" + UPDATE, "')" + UPDATE)
# --8<-- [end:hostile]


def rows(search, name):
    User.objects.update(is_superuser=False)
    try:
        found = len(list(search(name)))
    except DatabaseError as error:
        return f"`{type(error).__name__}`"
    return f"**{found}**" if found else "0"


def superusers(search):
    found = 0
    for name in SECOND:
        rows(search, name)
        found = max(found, User.objects.filter(is_superuser=True).count())
    return f"**{found}**" if found else "0"


for name in ("ann", "bob", "cat"):
    User.objects.create(username=name)
SEARCHES = {
    "`filter(username=name)`": orm,
    "`raw()`, f-string": raw_f_string,
    "`raw()`, `%s` and params": raw_params,
    "`raw()`, `'%s'` in quotes and params": raw_params_quoted,
    "`extra()`, f-string": extra_f_string,
    "`extra()`, `%s` and params": extra_params,
    "`RawSQL`, f-string": rawsql_f_string,
    "`RawSQL`, `%s` and params": rawsql_params,
    "`cursor.execute()`, f-string": cursor_f_string,
    "`cursor.execute()`, `%s` and params": cursor_params,
}
for search in SEARCHES.values():
    if search is not raw_params_quoted:
        assert len(list(search("ann"))) == 1, search
table(
    (
        "search for a user (3 exist)",
        "rows, `QUOTE`",
        "rows, `NO_QUOTE`",
        "superusers after `SECOND`",
    ),
    *(
        (what, rows(search, QUOTE), rows(search, NO_QUOTE), superusers(search))
        for what, search in SEARCHES.items()
    ),
)
