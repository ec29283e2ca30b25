# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]",
#   "django-tasks-db"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import os
import sys
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
os.environ["DJANGO_SETTINGS_MODULE"] = "settings_worker"
sys.path.insert(0, str(PROJECT))

from acked.services import Program, wait_until
from shop.script import start

start()

from django.db import transaction
from django_tasks_db.models import DBTaskResult
from shop.models import Author, Book, Order
from site_tasks import confirm, fail

PATH = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
emma = Book.objects.create(
    title="Emma", author=Author.objects.create(name="Austen")
)


def place_order():
    order = Order.objects.create(book=emma, reference="")
    return confirm.enqueue(order.pk)


def finished(result):
    result.refresh()
    return result.is_finished


# --8<-- [start:enqueue]
with suppress(KeyError), transaction.atomic():
    place_order()
    raise KeyError("rolls the task back too")
print("tasks after the rollback:", DBTaskResult.objects.count())

with transaction.atomic():
    confirmed = place_order()
failed = fail.enqueue()
print("without a worker:", confirmed.status, failed.status)
# --8<-- [end:enqueue]

# --8<-- [start:worker]
env = {"DJANGO_SETTINGS_MODULE": "settings_worker", "PYTHONPATH": PATH}
with Program("manage.py db_worker", PROJECT, "Starting worker", env):
    wait_until(lambda: finished(confirmed) and finished(failed))
# --8<-- [end:worker]
print("with db_worker:", confirmed.status, failed.status)
print("in this process:", confirmed.return_value[0] == os.getpid())
print("attempts of the failed one:", failed.attempts)
