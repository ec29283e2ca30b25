import os

from celery import Celery
from redis import Redis

app = Celery("shop")
app.conf.task_acks_late = os.environ.get("ACKS_LATE") == "on"
app.conf.task_reject_on_worker_lost = os.environ.get("REJECT") == "on"
app.conf.worker_soft_shutdown_timeout = float(os.environ.get("SOFT", 0))
if "VISIBILITY_TIMEOUT" in os.environ:
    app.conf.broker_transport_options = {
        "visibility_timeout": int(os.environ["VISIBILITY_TIMEOUT"]),
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
    }
record = Redis.from_url(os.environ["RECORD"])


@app.task
def charge(queue, order):
    me = os.environ["ME"]
    record.rpush(f"{queue}:{order}:started", me)
    record.blmove(f"{queue}:gate", f"{queue}:gate", timeout=0)
    record.rpush(f"{queue}:{order}:finished", me)
