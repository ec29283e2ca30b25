# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "redis", "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# environments = ["django-5-2"]
# timeout = 120
# ///
import os
import subprocess
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"

from jobs import HERE, environment, started
from shop.script import start, table

start()

from acked import environments
from acked.services import Program, wait_until
from shop.models import Job

PROBE = "versions_probe.py"
WORKER = "queue_worker.py"


def probe(variables):
    lines = subprocess.run(
        [sys.executable, PROBE], cwd=HERE, check=True, text=True,
        stdout=subprocess.PIPE, env={**os.environ, **variables},
    ).stdout.splitlines()
    return lines + ["none"] * (4 - len(lines))


def own_queue(variables, version):
    before = len(started())
    env = environment("shop.settings", **variables)
    with Program(f"{WORKER} mail", HERE, f"ready, Django {version}", env):
        Job.objects.bulk_create(Job(name="mail") for _ in range(20))
        wait_until(lambda: not Job.objects.filter(done=False).exists())
    return f"{len(started()) - before} of 20 jobs, once each"


names = (
    "Django",
    "`from django.tasks import task`",
    "default backend",
    "`job.enqueue()` with it",
    "`queue_worker.py` below",
)
columns = []
for variables in (environments.variables("django-5-2"), {}):
    probed = probe(variables)
    columns.append([*probed, own_queue(variables, probed[0])])
table(*zip(names, *columns, strict=True))
