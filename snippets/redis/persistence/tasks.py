"""The shop's tasks. Broker and backend: CELERY_BROKER_URL and its like."""

import os
from pathlib import Path

from celery import Celery

app = Celery("shop")


@app.task
def send_receipt(order: int) -> int:
    with Path(os.environ["SENT"]).open("a") as sent:
        sent.write(f"{order}\n")
    return order
