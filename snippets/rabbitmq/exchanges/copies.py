# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 90
# ///
"""How often does a task run that reaches two queues, one, or none?"""

import os
from pathlib import Path

from kombu import Connection
from orders import app, declare, event

from acked.lab import runs, table
from acked.services import Worker, wait_until

URL = os.environ["CELERY_BROKER_URL"]
ORDERS = Path(__file__).with_name("orders.py")


def main():
    os.environ.pop("CELERY_RESULT_BACKEND", None)
    app.conf.broker_transport_options = {"confirm_publish": True}
    queues = [queue.name for queue in app.conf.task_queues]
    copies = {}
    with Connection(URL) as connection:
        declare(connection)
        channel = connection.default_channel

        def lengths():
            found = [channel.queue_declare(q, passive=True) for q in queues]
            return [queue.message_count for queue in found]

        # --8<-- [start:send]
        for key in "order.paid", "order.sent", "refund":
            before = lengths()
            event.apply_async([key], exchange="shop", routing_key=key)
            pairs = zip(before, lengths(), strict=True)
            copies[key] = [after - earlier for earlier, after in pairs]
        tasks = sum(map(sum, copies.values()))
        with Worker(ORDERS, "--concurrency=1") as worker:
            wait_until(lambda: worker.log().count("succeeded") == tasks, 60)
        # --8<-- [end:send]
    rows = [[f"`{key}`", *found, runs(key)] for key, found in copies.items()]
    table(["sent once, with key", *queues, "runs"], *rows)


if __name__ == "__main__":
    main()
