# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 240
# ///
"""Each kind of failure on Redis and RabbitMQ: runs, state, and the message."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from celery.exceptions import Ignore, Reject
from kombu import Producer, Queue
from redis import Redis

from acked.lab import note, runs, table
from acked.services import Worker, wait_until

BROKERS = {
    "Redis": os.environ["REDIS_URL"],
    "RabbitMQ": os.environ["AMQP_URL"],
}

app = Celery("failures")
app.conf.worker_prefetch_multiplier = 1
redis = Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None)


def refused(key):
    note(key)
    raise ConnectionRefusedError("the bank is down")


# --8<-- [start:tasks]
@app.task
def raises(key):
    refused(key)


@app.task(acks_late=True)
def raises_late(key):
    refused(key)


@app.task(acks_late=True, acks_on_failure=False)  # Celery 5.7
def raises_not_acked(key):
    refused(key)


@app.task(autoretry_for=(Exception,))
def bug(key):
    note(key)
    return "total: " + 5


@app.task
def ignored(key):
    note(key)
    raise Ignore


@app.task
def rejected_early(key):
    note(key)
    raise Reject("not for me", requeue=False)


@app.task(acks_late=True)
def rejected(key):
    note(key)
    raise Reject("not for me", requeue=False)


@app.task(acks_late=True)
def requeued(key):
    note(key)
    raise Reject("not now", requeue=True)


@app.task(soft_time_limit=1)
def soft_limit(key):
    note(key)
    time.sleep(60)


@app.task(acks_late=True, time_limit=1)
def hard_limit(key):
    note(key)
    time.sleep(60)


@app.task(acks_late=True, time_limit=1, acks_on_timeout=False)  # Celery 5.7
def hard_limit_not_acked(key):
    note(key)
    time.sleep(60)


@app.task
def returns_a_set(key):
    note(key)
    return {1, 2}


@app.task
def exits(key):
    note(key)
    sys.exit("no configuration")
# --8<-- [end:tasks]


# --8<-- [start:queues]
def queue(name):
    """RabbitMQ keeps what is rejected; Redis does not know these arguments."""
    dead_letters = {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": f"dead {name}",
    }
    return Queue(name, queue_arguments=dead_letters)
# --8<-- [end:queues]


TASKS = {
    raises: "exception",
    raises_late: "exception, `acks_late`",
    raises_not_acked: "exception, `acks_late`, `acks_on_failure=False`",
    bug: "`TypeError`, `autoretry_for=(Exception,)`",
    ignored: "`raise Ignore`",
    rejected_early: "`Reject(requeue=False)`",
    rejected: "`Reject(requeue=False)`, `acks_late`",
    requeued: "`Reject(requeue=True)`, `acks_late`",
    soft_limit: "`soft_time_limit`",
    hard_limit: "`time_limit`, `acks_late`",
    hard_limit_not_acked: "`time_limit`, `acks_late`, `acks_on_timeout=False`",
    returns_a_set: "result that JSON cannot hold",
    exits: "`sys.exit()`",
}
LABELS = {task.__name__: label for task, label in TASKS.items()} | {
    "arguments": "arguments that the task does not take",
    "unknown": "task that the worker does not know",
    "garbage": "body that is not JSON",
    "pickle": "body in pickle",
    "stranger": "message without Celery's headers",
}
LOOPS = ["requeued", "hard_limit_not_acked"]
# They end their pool child, and with it a task that it was given meanwhile.
KILLERS = ["hard_limit", "exits"]
NEVER_READY = ["ignored", "bug", "garbage", "pickle", "stranger"]
app.conf.task_queues = [queue(name) for name in LABELS]


class Run:
    """All cases on one broker."""

    def __init__(self, broker):
        self.broker = broker
        self.connection = app.connection_for_write(BROKERS[broker])
        self.channel = self.connection.default_channel
        self.sent = {}
        self.left = {}

    def key(self, name):
        return f"{self.broker} {name}"

    def send(self, name):
        task = {"arguments": "raises", "unknown": "renamed"}.get(name, name)
        args = [self.key(name)] * (2 if name == "arguments" else 1)
        if name in ("garbage", "pickle", "stranger"):
            self.sent[name] = self.send_raw(name)
        else:
            self.sent[name] = app.send_task(
                f"failures.{task}", args, queue=name, connection=self.connection
            )

    def send_raw(self, name):
        """What no client of ours sends."""
        headers = {"id": self.key(name), "task": "failures.raises"}
        json_type, body = "application/json", b"}{"
        pickle_type = "application/x-python-serialize"
        Producer(self.channel).publish(
            b'{"order": 42}' if name == "stranger" else body,
            routing_key=name,
            headers={} if name == "stranger" else headers,
            content_type=pickle_type if name == "pickle" else json_type,
            content_encoding="utf-8",
        )
        return app.AsyncResult(self.key(name))

    def waiting(self, name):
        if self.broker == "Redis":
            return redis.llen(name)
        return self.channel.queue_declare(name, passive=True).message_count

    def worker(self, queues):
        env = {**os.environ, "CELERY_BROKER_URL": BROKERS[self.broker]}
        options = f"--concurrency=3 --without-gossip -Q {','.join(queues)}"
        return Worker(__file__, options, env)

    def run(self):
        for name in LABELS:
            Queue(f"dead {name}").bind(self.channel).declare()
        with self.worker(LABELS) as worker:
            for name in LABELS.keys() - {*LOOPS, *KILLERS, "bug"}:
                self.send(name)
            for name in self.sent.keys() - set(NEVER_READY):
                wait_until(self.sent[name].ready, 60, f"{self.broker} {name}")
            for name in KILLERS:
                self.send(name)
                wait_until(self.sent[name].ready, 60, name)
            self.send("bug")  # its retry, far away, would hold up the others
            wait_until(lambda: self.sent["bug"].state == "RETRY", 60, "bug")
            for name in NEVER_READY:
                wait_until(lambda name=name: not self.waiting(name), 60, name)
            worker.shut_down("warm")
        with self.worker(LOOPS):
            for name in LOOPS:
                self.send(name)
                key = self.key(name)
                wait_until(lambda key=key: runs(key) > 3, 60, key)
        self.left = {name: self.message(name) for name in LABELS}
        return self

    def message(self, name):
        """Where the message of a case is at the end."""
        if dead := self.channel.basic_get(f"dead {name}", no_ack=True):
            return f"dead letter: {dead.headers['x-death'][0]['reason']}"
        if name in LOOPS:
            return "put back each time"  # sent once, run more than 3 times
        if message := self.channel.basic_get(name, no_ack=True):
            assert message.headers["eta"], "not a retry"
            return "gone; a new one waits for its ETA"
        return "gone"

    def outcome(self, name):
        result = self.sent[name]
        if result.state == "FAILURE":
            return f"`FAILURE` {type(result.result).__name__}"
        return f"`{result.state}`"

    def executed(self, name):
        return "more than 3" if name in LOOPS else runs(self.key(name))


def main():
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(Run.run, map(Run, BROKERS)))
    rows = []
    for name, label in LABELS.items():
        [count] = {run.executed(name) for run in both}  # the brokers agree
        [outcome] = {run.outcome(name) for run in both}
        rows.append([label, count, outcome, *(run.left[name] for run in both)])
    table(["failure", "runs", "state", "Redis", "RabbitMQ"], *rows)


if __name__ == "__main__":
    main()
