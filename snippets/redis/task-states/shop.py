"""The shop's tasks; a worker gets its settings from outside."""

import json
import os

from celery import Celery

from acked.lab import work

app = Celery("shop")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


# --8<-- [start:task]
@app.task(track_started=True)
def charge(order):
    work(order)  # notes its start, waits for its gate, notes its end
# --8<-- [end:task]
