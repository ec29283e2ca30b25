# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "sqlalchemy", "psycopg[binary]"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis", "postgresql"]
# timeout = 240
# ///
"""SIGKILL of the result backend at three moments of a task's state."""

from concurrent.futures import ThreadPoolExecutor

from cases import Case, sql
from pause import crash_during_a_write

from acked.lab import finished, open_gate, table
from acked.services import PostgreSQL, Redis

# --8<-- [start:backends]
short = {"result_backend_max_sleep_between_retries_ms": 500}
always = {"result_backend_always_retry": True} | short
more = {"result_backend_max_retries": 200} | short
BACKENDS = {
    "Redis, no persistence": (Redis("--save ''"), {}),
    "Redis, default save points": (Redis(), {}),
    "Redis, AOF": (Redis("--appendonly yes"), {}),
    "Redis, AOF, always retry": (Redis("--appendonly yes"), always),
    "PostgreSQL": (PostgreSQL(), {}),
    "PostgreSQL, 200 retries": (PostgreSQL(), more),
}
# --8<-- [end:backends]
ROWS = (
    "after the write: `SUCCESS` is stored",
    "after the write: `STARTED` is stored, the task runs",
    "the same task, after it has ended",
    "during the write of `SUCCESS`",
    "before the write: the task ends while the backend is down",
)
GIVES_UP = "Pool callback raised exception"
TRIES_AGAIN = "Retry (2/20)", "Retrying inf more", "Retrying 195 more"


# --8<-- [start:moments]
def after_the_write(case, server):
    done = case.begin("done")
    open_gate(done)
    case.has_state("done", "SUCCESS")
    running = case.begin("running")
    case.has_state("running", "STARTED")
    case.crash(server)
    server.start()
    yield case.state("done")
    yield case.state("running")
    open_gate(running)
    case.logs(f"Task shop.charge[{running}] succeeded")
    yield case.state("running")


def during_the_write(case, server):
    order = case.begin("during")
    case.has_state("during", "STARTED")
    with crash_during_a_write(case, server):
        open_gate(order)
    case.logs(GIVES_UP, *TRIES_AGAIN)
    server.start()
    case.goes_on("next")
    yield case.state("during")


def before_the_write(case, server):
    order = case.begin("before")
    case.has_state("before", "STARTED")
    case.crash(server)
    open_gate(order)
    case.logs(GIVES_UP, *TRIES_AGAIN)
    server.start()
    case.goes_on("last")
    yield case.state("before")
# --8<-- [end:moments]


def column(name):
    server, settings = BACKENDS[name]
    with server:
        url = server.url if isinstance(server, Redis) else sql(server)
        case = Case(name, url, settings)
        with case.worker:
            states = [
                *after_the_write(case, server),
                *during_the_write(case, server),
                *before_the_write(case, server),
            ]
    return [f"`{state}`" for state in states]


def executed(what):
    return sum(finished(f"{name}: {what}") == 1 for name in BACKENDS)


def main():
    with ThreadPoolExecutor() as threads:
        columns = list(threads.map(column, BACKENDS))
    orders = "done", "running", "running", "during", "before"
    counts = [f"{executed(order)} of {len(BACKENDS)}" for order in orders]
    head = ("moment of the SIGKILL", *BACKENDS, "executed once")
    table(head, *zip(ROWS, *columns, counts, strict=True))


if __name__ == "__main__":
    main()
