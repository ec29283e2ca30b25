# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django",
#     "psycopg[binary]",
#     "celery[redis]",
#     "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# timeout = 90
# ///
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start

start()

from django.db import connection
from shop.models import Author

Author.objects.create(name="O'Brien")

# --8<-- [start:raw]
name = "O'Brien"
authors = Author.objects.raw(
    "SELECT id, name, length(name) AS letters"
    " FROM shop_author WHERE name = %s",
    [name],
)
print(authors[0].name, authors[0].letters)
with connection.cursor() as cursor:
    cursor.execute("SELECT name FROM shop_author WHERE name = %s", [name])
    print(cursor.fetchall())
# --8<-- [end:raw]
