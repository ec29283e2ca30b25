# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# environments = ["celery-5-4", "celery-5-6"]
# timeout = 240
# ///
"""The same three things on workers of three versions of Celery."""

import os
import uuid
from multiprocessing import get_context

from celery import Celery
from celery.exceptions import Reject

from acked import environments
from acked.lab import open_gate, started, table, work
from acked.services import Worker, wait_until

app = Celery("older")


# --8<-- [start:tasks]
@app.task
def charge(name):
    work(name)


@app.task
def reject():
    raise Reject("not for me", requeue=False)
# --8<-- [end:tasks]


VERSIONS = {"5.4": "celery-5-4", "5.6": "celery-5-6", "5.7": ""}


def heard(worker, result):
    wait_until(lambda: f"revoked: {result.id}" in worker.log(), 60)


def column(number):
    """What workers of one version leave; they have a broker of their own."""
    version = list(VERSIONS)[number - 1]
    broker = os.environ["REDIS_URL"].removesuffix("/0") + f"/{number}"
    os.environ["CELERY_BROKER_URL"] = app.conf.broker_url = broker
    env = dict(os.environ)
    if VERSIONS[version]:
        env |= environments.variables(VERSIONS[version])
    flags = "--concurrency 1 --without-gossip --without-mingle"
    with (
        Worker(__file__, flags, env) as one,
        Worker(__file__, f"{flags} -Q another", env) as two,
    ):
        # --8<-- [start:revoke]
        rejected = reject.delay()
        running = charge.delay(version)
        wait_until(lambda: started(version), 60)
        unknown = app.AsyncResult(str(uuid.uuid4()))
        for result in (running, unknown):
            result.revoke()
            heard(one, result)
            heard(two, result)
        states = rejected.state, unknown.state, running.state
        # --8<-- [end:revoke]
        open_gate(version)
    return [f"`{state}`" for state in states]


def main():
    with get_context("fork").Pool(3, maxtasksperchild=1) as pool:
        columns = pool.map(column, [1, 2, 3], chunksize=1)
    what = (
        "`Reject(requeue=False)`",
        "`revoke()` of an id nobody sent",
        "`revoke()` of what runs in another worker",
    )
    head = "", *(f"worker: Celery {version}" for version in VERSIONS)
    table(head, *zip(what, *columns, strict=True))


if __name__ == "__main__":
    main()
