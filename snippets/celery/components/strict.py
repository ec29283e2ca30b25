# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 30
# ///
"""A misspelt queue, when Celery may not create missing ones."""

from celery import Celery
from celery.exceptions import QueueNotFound

# --8<-- [start:strict]
app = Celery("strict")
app.conf.task_create_missing_queues = False


@app.task
def charge():
    """Never sent."""


try:
    charge.apply_async(queue="hihg_priority")
except QueueNotFound as error:
    print(f"QueueNotFound: {error.args[0]}")
# --8<-- [end:strict]
