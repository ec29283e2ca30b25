"""The shop's app. Its tasks count their runs in another Redis."""

import json
import os

from celery import Celery
from redis import Redis

app = Celery("shop", broker=os.environ.get("BROKER"))
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))
notes = Redis.from_url(
    os.environ["REDIS_URL"], decode_responses=True, socket_timeout=None
)


@app.task
def mail(order):
    notes.incr(f"mail {order}")


# --8<-- [start:report]
@app.task(rate_limit="1/h")
def report(order):
    notes.incr(f"report {order}")


# --8<-- [end:report]


@app.task
def slow(order):
    notes.blpop(f"gate {order}", timeout=0)


def runs(task, order):
    return int(notes.get(f"{task} {order}") or 0)


def environment(broker, **settings):
    """What tells a worker of the shop its broker and its settings."""
    return {"BROKER": broker.url, "SETTINGS": json.dumps(settings)}
