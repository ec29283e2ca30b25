"""The shop's tasks. SENT names a file that gets a line for each execution."""

import os
from pathlib import Path

from celery import Celery

app = Celery("shop")


@app.task
def send_receipt(order: int) -> int:
    with Path(os.environ["SENT"]).open("a") as sent:
        sent.write(f"{order}\n")
    return order
