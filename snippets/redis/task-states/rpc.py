# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["rabbitmq"]
# timeout = 180
# ///
"""rpc://: a result waits in RabbitMQ, and RabbitMQ gets SIGKILL."""

import os

from celery import Celery
from celery.exceptions import TimeoutError

from acked.lab import finished, open_gate, work
from acked.services import RabbitMQ, Worker, wait_until

app = Celery("rpc", backend="rpc://")


# --8<-- [start:task]
@app.task
def charge(order):
    work(order)  # ends when its gate is opened
    return order
# --8<-- [end:task]


# --8<-- [start:crash]
def crash(broker, worker, client):
    open_gate("order")
    result = client.send_task("rpc.charge", ["order"])
    wait_until(lambda: f"[{result.id}] succeeded" in worker.log(), 60)
    with client_of(broker) as other:
        print("another client:  ", other.AsyncResult(result.id).state)
    broker.kill()
    broker.start()
    print("after the crash: ", outcome(result))
    print("executed:        ", finished("order"))
    open_gate("next order")
    following = client.send_task("rpc.charge", ["next order"])
    print("the next result: ", outcome(following))


def outcome(result):
    try:
        return result.get(timeout=10)
    except TimeoutError as error:
        return type(error).__name__
# --8<-- [end:crash]


def client_of(broker):
    return Celery("client", broker=broker.url, backend="rpc://")


def main():
    for name in "CELERY_RESULT_BACKEND", "CELERY_BROKER_URL":
        os.environ.pop(name, None)
    with RabbitMQ() as broker:
        env = {**os.environ, "CELERY_BROKER_URL": broker.url}
        flags = "--concurrency=1 --without-mingle --without-gossip"
        with Worker(__file__, flags, env) as worker:
            crash(broker, worker, client_of(broker))


if __name__ == "__main__":
    main()
