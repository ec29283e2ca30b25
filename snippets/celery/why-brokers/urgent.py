# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "kombu"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 120
# ///
"""Six scraping jobs are waiting, then a payment comes. RabbitMQ."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from celery import Celery
from kombu import Queue

from acked.lab import table
from acked.services import Worker, wait_until
from shop import ended, open_gate, work

app = Celery("urgent")
# --8<-- [start:queues]
app.conf.worker_prefetch_multiplier = 1
app.conf.task_queues = [
    Queue("plain"),
    Queue("ranked", max_priority=10),
    Queue("low"),
    Queue("high"),
    Queue("slow_lane"),
    Queue("fast_lane"),
]
# --8<-- [end:queues]


@app.task
def job(case, name):
    work(case, name, waits=case == "lanes" and name == "scrape")


# --8<-- [start:ways]
def one_queue(case):
    send(case, "plain", "plain")
    return ["--concurrency=1 -Q plain"]


def one_queue_priority(case):
    send(case, "ranked", "ranked", priority=9)
    return ["--concurrency=1 -Q ranked"]


def two_queues_one_worker(case):
    send(case, "low", "high")
    return ["--concurrency=1 -Q low,high"]


def two_workers(case):
    send(case, "slow_lane", "fast_lane")
    return ["--concurrency=1 -Q slow_lane", "--concurrency=1 -Q fast_lane"]
# --8<-- [end:ways]


def send(case, scraping, payment, **options):
    for _ in range(6):
        job.apply_async([case, "scrape"], queue=scraping)
    job.apply_async([case, "payment"], queue=payment, **options)


WAYS = {
    "one": (one_queue, "one queue"),
    "rank": (one_queue_priority, "one queue with `max_priority`, priority 9"),
    "pair": (two_queues_one_worker, "two queues, one worker reads both"),
    "lanes": (two_workers, "two queues, a worker for each"),
}


def place(case):
    """Where among the seven the payment ended."""
    way, _ = WAYS[case]
    options = way(case)
    with ExitStack() as stack:
        for line in options:
            stack.enter_context(Worker(__file__, line))
        if case == "lanes":
            wait_until(lambda: ended(case))
            open_gate(case)
        wait_until(lambda: len(ended(case)) == 7)
    names = {0: "first", 6: "last"}
    return names.get(ended(case).index("payment"), "in between")


def main():
    with ThreadPoolExecutor() as pool:
        places = list(pool.map(place, WAYS))
    rows = [(WAYS[c][1], p) for c, p in zip(WAYS, places)]
    table(("the payment was sent last, to", "of seven it ended"), *rows)


if __name__ == "__main__":
    main()
