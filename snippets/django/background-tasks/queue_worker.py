"""A worker of the database queue: python queue_worker.py NAME [impolite]"""

import signal
import sys
import threading

import django
import jobs  # noqa: F401, the project's path
from shop.script import start

start(database=False)

# --8<-- [start:worker]
from django.db import transaction
from jobs import work
from shop.models import Job


@transaction.atomic
def run_one(queue):
    job = (
        Job.objects.select_for_update(skip_locked=True)
        .filter(name=queue, done=False)
        .order_by("pk")
        .first()
    )
    if job:
        work(job.pk)
        job.done = True
        job.save(update_fields=["done"])
    return job


def run(queue):
    while not stopping.is_set():
        if not run_one(queue):
            stopping.wait(1)  # seconds, then look again


stopping = threading.Event()
if "impolite" not in sys.argv:
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
# --8<-- [end:worker]
print("ready, Django", django.__version__, flush=True)
run(sys.argv[1])
