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
# starts = ["postgresql"]
# timeout = 120
# ///
import re
from textwrap import fill

from django.db import ProgrammingError, connection
from logged import server
from shop.models import Author


def show(text):
    print(fill(text, 76, initial_indent="  ", subsequent_indent="    "))


def show_log(call):
    """What PostgreSQL writes to its log meanwhile."""
    connection.ensure_connection()
    before = len(server.log())
    call()
    for line in re.findall(
        r"#(?:LOG|DETAIL): +((?:statement|execute|Parameters).*)",
        server.log()[before:],
    ):
        show(line)


Author.objects.create(name="O'Brien")

# --8<-- [start:filter]
authors = Author.objects.filter(name="O'Brien")
print("Django compiles:")
show(" ".join(map(str, authors.query.sql_with_params())))
print("PostgreSQL's log:")
show_log(lambda: list(authors.all()))

connection.close()
connection.settings_dict["OPTIONS"]["server_side_binding"] = True
print("PostgreSQL's log with server_side_binding:")
show_log(lambda: list(authors.all()))

print("str(authors.query):")
show(str(authors.query))
try:
    list(Author.objects.raw(str(authors.query)))
except ProgrammingError as error:
    print("run as SQL:")
    show(str(error).splitlines()[0])
# --8<-- [end:filter]
connection.close()
server.stop()
