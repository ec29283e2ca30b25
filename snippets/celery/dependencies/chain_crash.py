# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 240
# ///
"""The worker dies in the middle of a chain: which link runs how often?

Results in Redis. The two brokers must agree, or the program fails.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product

from celery import Celery, chain

from acked.lab import finished, open_gate, record, started, table, work
from acked.services import Worker, wait_until

app = Celery("chain_crash")
app.conf.broker_transport_options = {
    "visibility_timeout": int(os.environ.get("VISIBILITY", 3600)),
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}


# --8<-- [start:tasks]
@app.task
def early(name):
    work(name)


@app.task(acks_late=True)
def late(name):
    work(name)
# --8<-- [end:tasks]


BROKERS = {"Redis": "REDIS_URL", "RabbitMQ": "AMQP_URL"}
MOMENTS = "link 1 runs", "link 1 has finished"
FLAGS = "--concurrency 1 --without-gossip --without-mingle"


def state(result):
    return app.AsyncResult(result.id).state


def worker(broker, queues, **settings):
    env = {**os.environ, "CELERY_BROKER_URL": os.environ[BROKERS[broker]]}
    return Worker(__file__, f"{FLAGS} -Q {queues}", env | settings)


def send(links, broker, queue):
    with app.connection_for_write(os.environ[BROKERS[broker]]) as connection:
        return links.apply_async(queue=queue, connection=connection)


# --8<-- [start:crash]
def crash(broker, task, moment):
    queue = f"{task.__name__}-{MOMENTS.index(moment)}"
    one, two = f"{broker} {queue} link 1", f"{broker} {queue} link 2"
    second = task.si(two).set(queue=f"{queue}-second")  # waits there
    links = chain(task.si(one), second)
    with worker(broker, queue) as victim:
        last = send(links, broker, queue)
        wait_until(lambda: started(one), 60, one)
        if moment == "link 1 has finished":
            victim.freeze_parent()  # its acknowledgement does not get out
            open_gate(one)
            wait_until(lambda: state(last.parent) == "SUCCESS", 60, one)
        victim.kill()
    open_gate(one)
    open_gate(two)
    return queue, one, two, last
# --8<-- [end:crash]


def has_run(name, times):
    return finished(name) >= times


def rescue(broker, queues):
    """A worker for all queues, until nothing can come any more."""
    with worker(broker, ",".join(queues), VISIBILITY="3") as rescuer:
        if broker == "Redis":
            left = ["unacked", *queues]
            wait_until(lambda: not record.exists(*left), 60)
        for _ in range(2):  # what a link has sent comes after the first
            for queue in queues:
                name = f"{broker} {queue} last"
                open_gate(name)
                done = finished(name)
                send(early.si(name), broker, queue)
                wait_until(partial(has_run, name, done + 1), 60, name)
        rescuer.shut_down("warm")


def main():
    cases = list(product(BROKERS, (early, late), MOMENTS))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda case: crash(*case), cases))
        queues = {case[0] for case in found}
        queues |= {f"{queue}-second" for queue in queues}
        list(pool.map(lambda broker: rescue(broker, sorted(queues)), BROKERS))
    rows = {}
    for case, outcome in zip(cases, found, strict=True):
        broker, task, moment = case
        _, one, two, last = outcome
        how = "early ack" if task is early else "`acks_late`"
        runs = f"{started(one)} / {finished(one)}"
        after = f"{started(two)} / {finished(two)}"
        states = f"`{state(last.parent)}`, `{state(last)}`"
        rows.setdefault((moment, how), {})[broker] = runs, after, states
    lines = []
    for (moment, how), by_broker in rows.items():
        assert by_broker["Redis"] == by_broker["RabbitMQ"], by_broker
        lines.append((moment, how, *by_broker["Redis"]))
    table(
        (
            "SIGKILL to the worker, while",
            "acknowledgement",
            "link 1 started / ended",
            "link 2 started / ended",
            "states",
        ),
        *lines,
    )


if __name__ == "__main__":
    main()
