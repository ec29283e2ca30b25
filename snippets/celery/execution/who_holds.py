# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["rabbitmq"]
# timeout = 150
# ///
"""Twenty tasks, one worker, two pool children: who holds what?"""

import json
import os
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from redis import Redis

from acked.lab import record, table
from acked.services import RabbitMQ, Worker, wait_until

app = Celery("who_holds")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


# --8<-- [start:task]
@app.task
def charge(case):
    record.rpush(f"{case} pids", f"{os.getpid()} {os.getppid()}")
    record.blmove("gate", "gate", timeout=0)  # blocks until the gate is open
# --8<-- [end:task]


CASES = {
    "default": {},
    "`acks_late`": {"task_acks_late": True},
    "prefetch multiplier 1": {"worker_prefetch_multiplier": 1},
}


class RedisSide:
    def __init__(self, number):
        base, _, _ = os.environ["REDIS_URL"].rpartition("/")
        self.url = f"{base}/{number}"
        self.redis = Redis.from_url(self.url)

    def counts(self):
        return self.redis.llen("celery"), self.redis.hlen("unacked")


class RabbitSide:
    def __init__(self, node, vhost):
        self.node, self.vhost, self.url = node, vhost, node.vhost_url(vhost)

    def counts(self):
        words = "name messages_ready messages_unacknowledged".split()
        listing = self.node.rabbitmqctl(
            "list_queues", "--vhost", self.vhost, *words
        )
        for line in listing.splitlines():
            name, ready, unacked = line.split("\t")
            if name == "celery":
                return int(ready), int(unacked)
        return 0, 0


def expected(settings):
    """In the queue, unacknowledged: prefetch is multiplier x concurrency."""
    prefetch = 2 * settings.get("worker_prefetch_multiplier", 4)
    acknowledged = 0 if settings.get("task_acks_late") else 2
    return 20 - acknowledged - prefetch, prefetch


def experiment(job):
    case, settings, side = job
    env = {**os.environ, "SETTINGS": json.dumps(settings)}
    env["CELERY_BROKER_URL"] = side.url
    # --8<-- [start:count]
    with app.connection_for_write(side.url) as connection:
        for _ in range(20):
            charge.apply_async([case], connection=connection)
    with Worker(__file__, "--concurrency=2", env) as worker:
        wait_until(lambda: record.llen(f"{case} pids") == 2, what="two runs")
        wait_until(lambda: side.counts() == expected(settings), 60, case)
        in_broker, unacked = side.counts()
        # --8<-- [end:count]
        children = {child.pid for child in worker.pool()}
        pids = [line.split() for line in record.lrange(f"{case} pids", 0, -1)]
        assert {int(pid) for pid, _ in pids} == children
        assert {int(parent) for _, parent in pids} == {worker.pid}
        worker.kill()
    late = settings.get("task_acks_late")
    held = unacked - 2 if late else unacked
    return [case, 20, 2, "no" if late else "yes", held, unacked, in_broker]


def main():
    head = ["broker, setting", "sent", "running", "running are acknowledged"]
    head += ["wait in the worker", "unacknowledged", "left in the queue"]
    vhosts = [f"v{number}" for number in range(len(CASES))]
    with RabbitMQ(vhosts) as node, ThreadPoolExecutor() as pool:
        jobs = []
        for number, (name, settings) in enumerate(CASES.items()):
            jobs.append((f"Redis, {name}", settings, RedisSide(number + 2)))
            rabbit = RabbitSide(node, vhosts[number])
            jobs.append((f"RabbitMQ, {name}", settings, rabbit))
        rows = list(pool.map(experiment, jobs))
    table(head, *sorted(rows, reverse=True))


if __name__ == "__main__":
    main()
