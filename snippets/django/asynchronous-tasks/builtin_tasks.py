# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# environments = ["django-5-2"]
# timeout = 60
# ///
import os
import pkgutil
import subprocess
import sys
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "settings_tasks"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from acked import environments
from shop.script import start

start()

from django.core.management import get_commands
from django.db import transaction
from django.tasks import Task, backends
from django.utils import timezone
from shop.models import Author, Book, Order
from site_tasks import confirm, echo, fail

emma = Book.objects.create(
    title="Emma", author=Author.objects.create(name="Austen")
)


def new_order():
    return Order.objects.create(book=emma, reference="")


def mailed(order):
    order.refresh_from_db()
    return order.mailed


# --8<-- [start:immediate]
print("1. ImmediateBackend")
order = new_order()
result = confirm.enqueue(order.pk)
print(result.status, "when enqueue() returns; mailed:", mailed(order))
print("in this process:", result.return_value[0] == os.getpid())
print("in this thread:", result.return_value[1])

result = fail.enqueue()  # raises nothing
print(result.status, result.errors[0].exception_class_path)

try:
    with transaction.atomic():
        order = new_order()
        result = confirm.enqueue(order.pk)
        raise KeyError("rolls back")
except KeyError:
    print(result.status, "before the rollback")
# --8<-- [end:immediate]

# --8<-- [start:dummy]
print("\n2. DummyBackend")
order = new_order()
dummy = confirm.using(backend="dummy")
result = dummy.enqueue(order.pk)
result.refresh()
print(result.status, "for good; mailed:", mailed(order))
# --8<-- [end:dummy]

print("\n3. arguments")


def attempt(what, call):
    try:
        print(f"{what}:", call())
    except Exception as error:
        print(f"{what}: {type(error).__name__}: {error}")


# --8<-- [start:arguments]
attempt("a tuple", lambda: echo.enqueue((1, 2)).args)
attempt("a datetime", lambda: echo.enqueue(timezone.now()).args)
attempt("a model", lambda: echo.enqueue(emma).args)
# --8<-- [end:arguments]

print("\n4. later")
# --8<-- [start:later]
in_an_hour = timedelta(hours=1)
at = timezone.now() + in_an_hour
attempt("Immediate", lambda: confirm.using(run_after=at))
attempt("Dummy", lambda: dummy.using(run_after=at).enqueue(1).status)
attempt("Dummy, timedelta", lambda: dummy.using(run_after=in_an_hour))
# --8<-- [end:later]

print("\n5. what Django ships")
names = [module.name for module in pkgutil.iter_modules(backends.__path__)]
print("backends:", *sorted(names))
print("a task has:", *sorted(field.name for field in fields(Task)))
commands = [name for name, app in get_commands().items() if "work" in name]
print("commands with 'work' in their name:", commands)

print("\n6. Django 5.2")
old = subprocess.run(
    [sys.executable, "-c", "import django.tasks"],
    env={**os.environ, **environments.variables("django-5-2")},
    stderr=subprocess.PIPE,
    text=True,
)
print(old.stderr.splitlines()[-1])
