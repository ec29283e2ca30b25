"""A result backend, a worker and clients of it; the broker is elsewhere."""

import json
import os
from pathlib import Path

from celery import Celery

from acked.lab import finished, open_gate, started
from acked.services import Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")
FLAGS = "--concurrency=1 --without-mingle --without-gossip -Q"
os.environ.pop("CELERY_RESULT_BACKEND", None)  # it would win over `backend=`


class Case:
    def __init__(self, name, url, settings=None):
        self.name, self.url = name, url
        self.queue = "".join(filter(str.isalnum, name))
        env = {
            **os.environ,
            "CELERY_RESULT_BACKEND": url,
            "SETTINGS": json.dumps(settings or {}),
        }
        self.worker = Worker(SHOP, f"{FLAGS} {self.queue}", env)

    def order(self, what):
        return f"{self.name}: {what}"

    def send(self, what, **options):
        """Send the task of this order; its id is the order."""
        order = self.order(what)
        with Celery("sender", backend=self.url) as sender:
            sender.send_task(
                "shop.charge",
                [order],
                task_id=order,
                queue=self.queue,
                **options,
            )
        return order

    def begin(self, what):
        order = self.send(what)
        wait_until(lambda: started(order), 60, f"start of {order}")
        return order

    def state(self, what):
        """What a new client is told."""
        with Celery("reader", backend=self.url) as client:
            return client.AsyncResult(self.order(what)).state

    def has_state(self, what, state):
        wait_until(lambda: self.state(what) == state, 60, f"{state} of {what}")

    def crash(self, server):
        """SIGKILL; from here on `logs` looks at what the worker says."""
        self.said = len(self.worker.log())
        server.kill()

    def logs(self, *texts):
        """Wait until the worker has logged one of these since the crash."""
        wait_until(
            lambda: any(t in self.worker.log()[self.said :] for t in texts),
            60,
            f"one of {texts}",
        )

    def goes_on(self, what):
        """Wait until the worker has done one more task."""
        open_gate(self.order(what))
        order = self.send(what)
        wait_until(lambda: finished(order), 60, f"end of {order}")


def sql(server):
    """A PostgreSQL as result backend: SQLAlchemy's name of the driver."""
    return server.url.replace("postgresql://", "db+postgresql+psycopg://")
