# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 150
# ///
"""Six tasks are sent in order, 1 to 6. In which order do they run?"""

import os
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from redis import Redis

from acked.lab import table
from acked.services import Worker, wait_until

app = Celery("fifo")
record = Redis.from_url(
    os.environ["REDIS_URL"],
    decode_responses=True,
    socket_timeout=None,
)
BROKERS = {"Redis": os.environ["REDIS_URL"], "RabbitMQ": os.environ["AMQP_URL"]}


# --8<-- [start:task]
@app.task
def job(case, number, gated=False):
    record.rpush(f"{case} began", number)
    if gated:  # the slow one
        record.blmove(f"{case} gate", f"{case} gate", timeout=0)
    record.rpush(f"{case} ended", number)
# --8<-- [end:task]


def send(broker, case, gated=(), priorities=None):
    with Celery(broker=BROKERS[broker]) as producer:
        for number in range(1, 7):
            producer.send_task(
                "fifo.job",
                [case, number, number in gated],
                queue=case,
                priority=priorities[number] if priorities else None,
            )


def worker(broker, case, processes=1):
    options = f"-c {processes} -Q {case} --without-gossip --without-mingle"
    return Worker(__file__, options, {"CELERY_BROKER_URL": BROKERS[broker]})


def ended(case):
    return record.lrange(f"{case} ended", 0, -1)


def order(case, what):
    wait_until(lambda: len(ended(case)) == 6, 60, f"six ends of {case}")
    return " ".join(record.lrange(f"{case} {what}", 0, -1))


# --8<-- [start:cases]
def one_process(broker, case):
    send(broker, case)
    with worker(broker, case):
        return order(case, "ended")


def two_processes(broker, case):
    send(broker, case, gated=[1])
    with worker(broker, case, processes=2):
        wait_until(lambda: len(ended(case)) == 5)
        record.lpush(f"{case} gate", "open")
        return order(case, "ended")


def restart(broker, case):
    send(broker, case, gated=[1])
    with worker(broker, case) as first:
        wait_until(lambda: first.log().count(" received") == 5)
        first.shut_down("warm", wait=False)  # what a deploy sends
        wait_until(lambda: "Warm shutdown" in first.log())
        record.lpush(f"{case} gate", "open")
        first.wait_until_gone()
    with worker(broker, case):
        return order(case, "ended")


def priorities(broker, case):
    urgent = {1: 9, 2: 9, 3: 9, 4: 9, 5: 9, 6: 0}
    send(broker, case, priorities=urgent)
    with worker(broker, case):
        return order(case, "ended")
# --8<-- [end:cases]


CASES = {
    one_process: "one worker, one process",
    two_processes: "two processes, task 1 is slow",
    restart: "one process, restarted during task 1",
    priorities: "`priority=9` for 1 to 5, `priority=0` for 6",
}


def main():
    os.environ.pop("CELERY_BROKER_URL")  # it would win over `broker=`
    with ThreadPoolExecutor(4) as pool:
        orders = {
            (run, broker): pool.submit(run, broker, f"{run.__name__}{broker}")
            for run in CASES
            for broker in BROKERS
        }
    rows = [
        (name, *(orders[run, broker].result() for broker in BROKERS))
        for run, name in CASES.items()
    ]
    table(("order in which the tasks ended", *BROKERS), *rows)


if __name__ == "__main__":
    main()
