# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django>=6", "psycopg[binary]", "celery[redis]", "redis",
#     "django-tasks-db", "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 120
# ///
from datetime import timedelta

from jobs import PROJECT, environment, mailbox, started
from shop.script import start, table

start()

from acked.services import Program, wait_until
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from mail_tasks import fail, run_task, send_receipt
from shop.models import Author, Book, Order


# --8<-- [start:buy]
def buy(reference):
    with transaction.atomic():
        order = Order.objects.create(book=book, reference=reference)
        result = send_receipt.enqueue(order.pk)
        if reference == "no money":
            raise ValueError(reference)
    return result
# --8<-- [end:buy]


def refused(reference):
    try:
        buy(reference)
    except ValueError:
        return DBTaskResult.objects.count()


def not_json():
    try:
        return send_receipt.enqueue(book)
    except TypeError as error:
        return f"`{type(error).__name__}`"


def ended(*results):
    for result in results:
        result.refresh()
    return all(result.is_finished for result in results)


book = Book.objects.create(
    title="Dune", author=Author.objects.create(name="Herbert")
)
after_rollback = refused("no money")
refused_argument = not_json()
# --8<-- [start:enqueue]
order_id = buy("paid").args[0]
failing = fail.enqueue()
many = [run_task.enqueue(number) for number in range(60)]
urgent = send_receipt.using(priority=10).enqueue(order_id)
later = timezone.now() + timedelta(seconds=3)
deferred = send_receipt.using(run_after=later).enqueue(order_id)
# --8<-- [end:enqueue]
before = len(mailbox.lrange("receipts", 0, -1)) + len(started())
workers = [
    Program("manage.py db_worker", PROJECT, "Starting", environment())
    for _ in range(3)
]
with workers[0], workers[1], workers[2]:
    wait_until(lambda: ended(*many, deferred, failing, urgent), 40)
call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
[error] = failing.errors
failures = mailbox.lrange("receipts", 0, -1).count("fails")
table(
    ("what was done", "what came of it"),
    ("`enqueue()` in a block that rolled back", f"{after_rollback} tasks"),
    ("a model instance as argument", refused_argument),
    ("executions before a worker ran", before),
    (
        "60 tasks, 3 workers",
        f"{len(started())} executions of {len(set(started()))} tasks",
    ),
    (
        "priority 10, enqueued after the 60",
        f"started before the last: {urgent.started_at < many[-1].started_at}",
    ),
    ("`run_after`", f"started too early: {deferred.started_at < later}"),
    (
        "a task that raises",
        f"`{failing.status}`, `{error.exception_class.__name__}` in `errors`",
    ),
    ("its executions, after one more worker", failures),
)
