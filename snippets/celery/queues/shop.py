"""A shop whose worker gets its broker from outside."""

import json
import os

from celery import Celery

app = Celery("shop")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


# --8<-- [start:task]
@app.task
def ship(order):
    """Done as soon as it is begun."""
# --8<-- [end:task]
