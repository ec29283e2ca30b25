# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# services = ["redis"]
# environments = ["django-cron", "django-cron-old", "django-cron-fork"]
# timeout = 240
# ///
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing

import redis
from acked import environments
from acked.services import wait_until
from jobs import HERE, PROJECT, started
from shop.script import table


def manage(name, command, **more):
    packages = environments.variables(name)["PYTHONPATH"]
    env = {
        **os.environ,
        "PYTHONPATH": f"{HERE}{os.pathsep}{packages}",
        "DJANGO_SETTINGS_MODULE": "with_cron",
        "DATABASE_URL": f"sqlite:///{folder}/{name}.db",
        **more,
    }
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", *command.split()],
        cwd=PROJECT, env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )


def outcome(name, command):
    process = manage(name, command)
    out, _ = process.communicate()
    last = out.strip().splitlines()[-1]
    if "lock has been found" in last:
        last = "lock has been found"
    return f"{process.returncode}: `{last}`"


def an_hour_passes(name):
    """For the log, which is all that runcrons looks at."""
    with closing(sqlite3.connect(f"{folder}/{name}.db")) as log, log:
        log.execute(
            "UPDATE django_cron_cronjoblog "
            "SET start_time = datetime(start_time, '-61 minutes')"
        )


def experiment(name):
    checked = outcome(name, "check")
    if checked.startswith("1"):
        return (checked, outcome(name, "runcrons"), *[""] * 6)
    manage(name, "migrate").communicate()
    first, second = (outcome(name, "runcrons") for _ in range(2))
    an_hour_passes(name)
    third = outcome(name, "cronloop --repeat 1 --sleep 1")
    broken = [outcome(name, "runcrons my_cron.Broken") for _ in range(2)]
    before = len(started())
    hanging = manage(name, "runcrons --force", JOB_SECONDS="300")
    wait_until(lambda: len(started()) > before)
    hanging.kill()
    hanging.communicate()
    locked = outcome(name, "runcrons --force")
    [lock] = cache.keys("*MyCronJob")
    stays = "more than 23" if cache.ttl(lock) > 23 * 3600 else "less"
    cache.delete(lock)
    return checked, first, second, third, *broken, locked, stays


NAMES = {
    "0.6.0, Django 6.1": "django-cron",
    "0.6.0, Django 5.0": "django-cron-old",
    "the fork, Django 6.1": "django-cron-fork",
}
STEPS = (
    "`manage.py check`",
    "`manage.py runcrons`",
    "at once again",
    "61 minutes later, `cronloop --repeat 1`",
    "`runcrons` with a job that raises",
    "at once again, with that job",
    "after SIGKILL in mid-job",
    "hours that this lock will stay",
)
folder = tempfile.mkdtemp()
cache = redis.Redis.from_url(
    os.environ.get("REDIS_URL", "redis://localhost:6379/0")
)
table(
    ("django-cron: exit code, last line", *NAMES),
    *zip(STEPS, *map(experiment, NAMES.values()), strict=True),
)
