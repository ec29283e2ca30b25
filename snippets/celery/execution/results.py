# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 150
# ///
"""The same task without a result backend, with one, and with ignore_result."""

import os

from celery import Celery
from celery.exceptions import TimeoutError
from redis import Redis

from acked.lab import table
from acked.services import Worker, wait_until

os.environ.pop("CELERY_RESULT_BACKEND", None)  # it would win over backend=
redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


# --8<-- [start:tasks]
def shop(backend):
    app = Celery("results", backend=backend)

    @app.task(name="add")
    def add(x, y):
        redis.incr("executed")
        return x + y

    @app.task(name="add_ignored", ignore_result=True)
    def add_ignored(x, y):
        redis.incr("executed")
        return x + y

    return app, add, add_ignored
# --8<-- [end:tasks]


app = shop(os.environ.get("BACKEND"))[0]


# --8<-- [start:ask]
def ask(question):
    try:
        return question()
    except (AttributeError, NotImplementedError, TimeoutError) as error:
        return type(error).__name__
# --8<-- [end:ask]


def row(name, client, task):
    result = task.delay(2, 3)
    wait_until(lambda: redis.get("executed"))
    anew = client.AsyncResult(result.id)  # as another process would ask
    answers = [
        ask(lambda: result.get(timeout=3)),
        ask(lambda: anew.get(timeout=3)),
        ask(lambda: anew.state),
    ]
    keys = redis.keys("celery-task-meta-*")
    executed = redis.getdel("executed")
    for key in keys:
        redis.delete(key)
    return [name, executed, *(f"`{answer}`" for answer in answers), len(keys)]


def main():
    head = ["result backend", "executed", "`result.get()`"]
    head += ["asked anew: `.get()`", "asked anew: `.state`", "results stored"]
    rows = [head]
    client, add, _ = shop(None)
    with Worker(__file__, "--concurrency=1"):
        rows.append(row("none", client, add))
    url = os.environ["REDIS_URL"]
    client, add, add_ignored = shop(url)
    env = {**os.environ, "BACKEND": url}
    with Worker(__file__, "--concurrency=1", env):
        rows.append(row("Redis", client, add))
        rows.append(row("Redis, `ignore_result=True`", client, add_ignored))
    table(*rows)


if __name__ == "__main__":
    main()
