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

from shop.script import start, table

start()

from django.apps import apps
from django.db import ProgrammingError, connection, migrations, models
from django.db.migrations.state import ProjectState


# --8<-- [start:migrations]
class AddShelf(migrations.Migration):
    operations = [
        migrations.CreateModel(
            "Shelf", [("id", models.BigAutoField(primary_key=True))]
        ),
        migrations.RunSQL("ALTER TABLE no_such_table ADD shelf_id integer"),
    ]


class AddShelfNotAtomic(AddShelf):
    atomic = False
# --8<-- [end:migrations]


def row(Migration):
    """Apply it as `migrate` does."""
    migration = Migration("0002_add_shelf", "shop")
    state = ProjectState.from_apps(apps)
    try:
        with connection.schema_editor(atomic=migration.atomic) as editor:
            migration.apply(state, editor)
    except ProgrammingError as error:
        seen = f"`{type(error.__cause__).__name__}`"
    there = "shop_shelf" in connection.introspection.table_names()
    return f"`{Migration.__name__}`", seen, "yes" if there else "no"


table(
    ("migration", "its second step", "`shop_shelf` is there"),
    row(AddShelf),
    row(AddShelfNotAtomic),
)
