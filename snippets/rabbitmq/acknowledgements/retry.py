# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 180
# ///
"""Who runs a task again: RabbitMQ, or a new message from Celery?"""

import json

from celery import Celery
from celery.exceptions import Reject
from kombu import Exchange, Queue

from acked.lab import finished, open_gate, record, started, table, work
from acked.services import Worker, wait_until

app = Celery("retry")
app.conf.task_acks_late = True


# --8<-- [start:tasks]
@app.task(bind=True)
def fails(self):
    remember(self.request)
    raise ConnectionError("the payment service is down")


@app.task(bind=True, default_retry_delay=0, max_retries=1)
def retries(self):
    remember(self.request)
    raise self.retry(exc=ConnectionError("the payment service is down"))


@app.task(bind=True)
def requeues(self):
    if remember(self.request) == 1:
        raise Reject("the payment service is down", requeue=True)


@app.task(bind=True)
def loses_its_worker(self):
    remember(self.request)
    work("lost")  # the whole worker gets SIGKILL here, once
# --8<-- [end:tasks]


def remember(request):
    run = {
        "id": request.id,
        "retries": request.retries,
        "redelivered": request.delivery_info["redelivered"],
        "deliveries": (request.headers or {}).get("x-delivery-count", "-"),
    }
    return record.rpush(request.task, json.dumps(run))


TASKS = {
    fails: "it raises",
    retries: "it calls `self.retry()`",
    requeues: "it raises `Reject(requeue=True)`",
    loses_its_worker: "its worker is killed",
}
# --8<-- [start:tap]
shop = Exchange("shop", type="topic")
app.conf.task_queues = [
    Queue(
        task.__name__,
        shop,
        routing_key=task.__name__,
        queue_arguments={"x-queue-type": "quorum"},
    )
    for task in TASKS
]
taps = {  # each gets a copy of all that is published for its task
    task: Queue(f"{task.__name__}, copies", shop, routing_key=task.__name__)
    for task in TASKS
}
# --8<-- [end:tap]


def runs_of(task):
    return [json.loads(run) for run in record.lrange(task.name, 0, -1)]


def main():
    with app.connection() as connection:
        channel = connection.default_channel
        for queue in (*app.amqp.queues.values(), *taps.values()):
            queue(channel).declare()
        with Worker(__file__, "--concurrency=1") as worker:
            for task in (fails, retries, requeues):
                result = task.apply_async(queue=task.__name__)
                wait_until(result.ready)
            task = loses_its_worker
            result = task.apply_async(queue=task.__name__)
            wait_until(lambda: started("lost"))
            worker.kill()
        open_gate("lost")
        with Worker(__file__, "--concurrency=1"):
            wait_until(result.ready)
        assert finished("lost") == 1
        rows = [[
            "the task",
            "runs",
            "published",
            "last run: same id",
            "`redelivered`",
            "`x-delivery-count`",
            "`request.retries`",
        ]]
        for task, name in TASKS.items():
            runs = runs_of(task)
            tap = channel.queue_declare(taps[task].name, passive=True)
            last = runs[-1]
            same = last["id"] == runs[0]["id"]
            what = ("redelivered", "deliveries", "retries")
            cells = [last[key] for key in what]
            rows += [[name, len(runs), tap.message_count, same, *cells]]
    table(*rows)


if __name__ == "__main__":
    main()
