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
import os
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start

start()

import psycopg
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from shop.models import Author

DATABASE_URL = os.environ.get(
    "DATABASE_URL", "postgresql://postgres@localhost:5432/postgres"
)
other = psycopg.connect(DATABASE_URL, autocommit=True)


def committed():
    """What another connection sees."""
    return other.execute("SELECT count(*) FROM shop_author").fetchone()[0]


# --8<-- [start:inside]
@receiver(post_save, sender=Author)
def look_around(sender, instance, **kwargs):
    print("  first receiver")
    print("  the caller's process:", os.getpid() == caller_process)
    print("  the caller's thread:", threading.get_ident() == caller_thread)
    print("  in the caller's transaction:", connection.in_atomic_block)
    print("  rows that others see:", committed())


@receiver(post_save, sender=Author)
def connected_later(sender, instance, **kwargs):
    print("  second receiver")


caller_process = os.getpid()
caller_thread = threading.get_ident()

print("inside atomic:")
with transaction.atomic():
    Author.objects.create(name="Ann")
    print("  create() returns")
print("without atomic:")
Author.objects.create(name="Bob")
print("  create() returns")
# --8<-- [end:inside]
other.close()
