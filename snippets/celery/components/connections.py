# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "psutil"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 90
# ///
"""Which process is connected to which server while a task runs?"""

import os

import psutil
from celery import Celery

from acked.lab import record, table
from acked.services import Redis, Worker, wait_until

app = Celery("connections")


# --8<-- [start:task]
@app.task
def job():
    record.incr("began")
    record.blmove("gate", "gate", timeout=0)  # the work
    return 8
# --8<-- [end:task]


def talks_to(process, server):
    """Whether this process has an open connection to the server."""
    ports = [
        connection.raddr.port
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_ESTABLISHED
    ]
    return "yes" if server.port in ports else "no"


def main():
    with Redis() as broker, Redis() as results:
        os.environ["CELERY_BROKER_URL"] = broker.url
        os.environ["CELERY_RESULT_BACKEND"] = results.url
        # --8<-- [start:look]
        with Worker(__file__, "--concurrency=2") as worker:
            first = job.delay()
            second = job.delay()
            wait_until(lambda: record.get("began") == "2")
            record.lpush("gate", "open")
            numbers = first.get(timeout=30), second.get(timeout=30)
            processes = {
                "client (`delay()`, `get()`)": psutil.Process(),
                "worker, main process": psutil.Process(worker.pid),
                "worker, pool process 1": worker.pool()[0],
                "worker, pool process 2": worker.pool()[1],
            }
            servers = {"broker": broker, "result backend": results}
            rows = [
                (name, *(talks_to(process, s) for s in servers.values()))
                for name, process in processes.items()
            ]
        # --8<-- [end:look]
    assert numbers == (8, 8)
    table(("process", *(f"connected to the {s}" for s in servers)), *rows)


if __name__ == "__main__":
    main()
