# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis", "rabbitmq"]
# timeout = 150
# ///
"""What does delay() wait for? No worker, no broker, a frozen broker."""

import os
import threading

from celery import Celery

from acked.lab import table
from acked.services import RabbitMQ, Redis, wait_until

app = Celery("waits")
app.conf.task_publish_retry_policy = {"max_retries": 0}


@app.task
def charge():
    """Never runs: nobody starts a worker."""


def in_queue(connection):
    channel = connection.channel()
    return channel.queue_declare("celery", passive=True).message_count


def sends(connection):
    """Whether delay() comes back within two seconds, in a thread."""
    back = threading.Event()

    def send():
        charge.apply_async(connection=connection)
        back.set()

    threading.Thread(target=send, daemon=True).start()
    return back.wait(2), back


def experiment(server, options):
    """Send to a broker without workers, then to a frozen one."""
    # --8<-- [start:freeze]
    with app.connection_for_write(
        server.url, transport_options=options
    ) as connection:
        results = [charge.apply_async(connection=connection) for _ in range(3)]
        waiting = in_queue(connection)
        with server.frozen():
            returned, later = sends(connection)
        # --8<-- [end:freeze]
        assert later.wait(30), "it never came back"
        wait_until(lambda: in_queue(connection) == 4, what="the fourth")
    [state] = {result.state for result in results}
    ids = len({result.id for result in results})
    return [3, ids, waiting, f"`{state}`", "yes" if returned else "no"]


def main():
    head = ["broker", "delay() called", "ids", "in the queue", "state"]
    head += ["broker frozen: does delay() return?"]
    rows = [head]
    with Redis() as server:
        rows.append(["Redis", *experiment(server, {})])
    with RabbitMQ() as node:
        rows.append(["RabbitMQ", *experiment(node, {})])
        node.rabbitmqctl("purge_queue", "celery")
        confirms = experiment(node, {"confirm_publish": True})
        rows.append(["RabbitMQ, `confirm_publish`", *confirms])
    table(*rows)


if __name__ == "__main__":
    assert os.environ["CELERY_RESULT_BACKEND"]
    main()
