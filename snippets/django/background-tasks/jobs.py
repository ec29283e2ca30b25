"""What the experiments share: the work of a job, and its traces outside."""

import os
import sys
import time
from pathlib import Path

import redis

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "with_tasks")

mailbox = redis.Redis.from_url(
    os.environ.get("REDIS_URL", "redis://localhost:6379/0"),
    decode_responses=True,
)


# --8<-- [start:work]
def work(job_id):
    mailbox.rpush("started", job_id)  # Redis: no rollback takes it back
    time.sleep(float(os.environ.get("JOB_SECONDS", 0)))
    mailbox.rpush("finished", job_id)
# --8<-- [end:work]


def started():
    """The ids of the jobs that were started, in this order."""
    return mailbox.lrange("started", 0, -1)


def finished():
    return mailbox.lrange("finished", 0, -1)


def environment(settings="with_tasks", **more):
    """For a server or a worker, so that it finds this folder's modules."""
    path = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    return {"DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": path, **more}


def work_to_the_end(job_id):
    """6 seconds of it are left when the server process has to go."""
    mailbox.rpush("started", job_id)
    while not mailbox.exists(f"{job_id.rpartition('-')[0]} has to go"):
        time.sleep(0.1)
    time.sleep(6)
    mailbox.rpush("finished", job_id)
