# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 150
# ///
"""All processes of one small Celery system, and what each is connected to."""

import os
from contextlib import suppress

import psutil
from celery import Celery

from acked.lab import table
from acked.services import Program, Redis, Worker, wait_until

os.environ.pop("CELERY_RESULT_BACKEND", None)
app = Celery("parts", backend=os.environ.get("RESULTS"))


# --8<-- [start:app]
@app.task
def report():
    return "done"


app.conf.beat_schedule = {"each second": {"task": report.name, "schedule": 1}}
# --8<-- [end:app]


def connected(processes, ports):
    """Which of these servers the processes have connections to."""
    found = set()
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            for each in process.net_connections("tcp"):
                if each.raddr and each.status == psutil.CONN_ESTABLISHED:
                    found.add(ports.get(each.raddr.port))
    return ", ".join(sorted(found - {None})) or "none"


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    path = here + os.pathsep + os.environ.get("PYTHONPATH", "")
    with Redis() as broker, Redis() as results:
        env = {"CELERY_BROKER_URL": broker.url, "RESULTS": results.url}
        env["PYTHONPATH"] = path
        ports = {broker.port: "broker", results.port: "result backend"}
        # --8<-- [start:start]
        command = "-m celery -A parts beat -s beat-schedule"
        with (
            Worker(__file__, "--concurrency=2", env) as worker,
            Program(command, worker.home, env=env) as beat,
        ):
            # --8<-- [end:start]
            stored = ("KEYS", "celery-task-meta*")
            wait_until(lambda: len(results.cli(*stored)) > 5)
            [parent], children = worker.main_processes(), worker.pool()
            assert all(child.ppid() == parent.pid for child in children)
            parts = {
                "worker, parent": [parent],
                "worker, pool child": children,
                "beat": beat.main_processes(),
            }
            rows = [["process", "how many", "connected to"]]
            for name, processes in parts.items():
                rows.append([name, len(processes), connected(processes, ports)])
    table(*rows)


if __name__ == "__main__":
    main()
