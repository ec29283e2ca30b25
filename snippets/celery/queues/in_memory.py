# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis"]
# timeout = 180
# ///
"""Where are 10 tasks that a worker took, and what does its death give back?"""

from concurrent.futures import ThreadPoolExecutor

from celery import Celery

from acked.lab import record, table
from acked.services import Redis, Worker, wait_until

app = Celery("in_memory")
PATIENCE = 90  # seconds, on a busy machine
# --8<-- [start:tasks]
app.conf.broker_transport_options = {
    "visibility_timeout": 5,  # by default 3600 s
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}


@app.task
def long_task():
    record.incr("in_memory.long_task")
    record.blpop("never", timeout=0)


@app.task
def later():
    """In an hour; nobody waits for it here."""


@app.task(rate_limit="1/h")
def limited():
    record.incr("in_memory.limited")
# --8<-- [end:tasks]


# --8<-- [start:cases]
CASES = {
    "a long task runs, the others wait": (long_task, {}, 1, 4),
    "`countdown=3600`": (later, {"countdown": 3600}, 0, 10),
    '`rate_limit="1/h"`': (limited, {}, 1, 4),
}
# --8<-- [end:cases]


def follow(name):
    task, options, begun, held = CASES[name]
    with Redis() as server:
        url = {"CELERY_BROKER_URL": server.url}
        client = server.client()

        def waiting():
            return client.llen("celery")

        # --8<-- [start:crash]
        with app.connection_for_write(server.url) as connection:
            for _ in range(10):
                task.apply_async(connection=connection, **options)
        with Worker(__file__, "--concurrency=1", url) as worker:
            wait_until(lambda: int(record.get(task.name) or 0) == begun)
            wait_until(lambda: waiting() == 10 - begun - held, PATIENCE)
            wait_until(lambda: client.hlen("unacked") == held, PATIENCE)
            worker.kill()
        row = [name, waiting(), client.hlen("unacked"), begun]
        # This one puts back what is overdue and takes no task itself.
        with Worker(__file__, "--concurrency=1 --queues=other", url):
            wait_until(lambda: not client.exists("unacked"), PATIENCE)
        return [*row, waiting()]
        # --8<-- [end:crash]


def main():
    heads = "in the list", "in `unacked`", "begun", "in the list later"
    with ThreadPoolExecutor(3) as pool:
        table(("10 tasks", *heads), *pool.map(follow, CASES))


if __name__ == "__main__":
    main()
