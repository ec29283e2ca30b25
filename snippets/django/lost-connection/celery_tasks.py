# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary,pool]", "celery[redis]"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["postgresql"]
# timeout = 240
# ///
from contextlib import ExitStack

from lab import PROJECT, make_tables, started, variables

from acked.services import PostgreSQL, Worker

SETTINGS = {
    "`CONN_MAX_AGE` 0": {},
    "`CONN_MAX_AGE` 600": {"CONN_MAX_AGE": 600},
    "pool": {"OPTIONS": {"pool": {"min_size": 1, "max_size": 1}}},
    "0, `CELERY_DB_REUSE_MAX`": {},
}


def kill_sessions():
    with server.connect() as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend'"
            " AND pid != pg_backend_pid()"
        )


def run(task, queue):
    return task.apply_async(queue=queue).get(timeout=30)


def outcomes(queue):
    return ", ".join(outcome(queue) for _ in range(3))


def outcome(queue):
    try:
        run(session, queue)
    except OperationalError:
        return "failed"
    return "fine"


with PostgreSQL() as server, ExitStack() as stack:
    make_tables(server)
    from django.db import OperationalError
    from lost_tasks import lose_and_query, session
    from shop.script import table

    workers = []
    for number, (name, settings) in enumerate(SETTINGS.items()):
        env = variables(server.url, settings)
        if "REUSE" in name:
            env["REUSE"] = "1000"
        options = f"--concurrency=1 --queues={number} --include=lost_tasks"
        workers.append(Worker(PROJECT / "shop", options, env))
    started(stack, workers)
    rows = []
    for queue, name in zip("0123", SETTINGS, strict=True):
        same = run(session, queue) == run(session, queue)
        kill_sessions()
        between = outcomes(queue)
        broken = "failed" in between
        inside = "" if broken else run(lose_and_query, queue)
        rows.append((name, "one" if same else "two", between, inside))
    table(
        (
            "the worker has",
            "sessions of two tasks",
            "killed between tasks: the next 3 tasks",
            "killed within a task: its next 2 queries",
        ),
        *rows,
    )
