# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# services = ["redis"]
# timeout = 240
# ///
"""When does Celery acknowledge? Three ends of a task, four settings."""

import os
import signal
from itertools import product

from celery import Celery
from kombu import Queue
from listing import listed

from acked.lab import finished, open_gate, started, table, work
from acked.services import RabbitMQ, Worker, wait_until

app = Celery("celery_acks")
app.conf.worker_prefetch_multiplier = 1


# --8<-- [start:tasks]
@app.task
def default(case, end):
    charge(case, end)


@app.task(acks_late=True)
def late(case, end):
    charge(case, end)


@app.task(acks_late=True, acks_on_failure=False)  # since Celery 5.7
def late_not_on_failure(case, end):
    charge(case, end)


@app.task(acks_late=True, reject_on_worker_lost=True)
def late_reject(case, end):
    charge(case, end)
# --8<-- [end:tasks]


# --8<-- [start:ends]
def charge(case, end):
    work(case)  # signs in, waits at a gate, signs out
    if end == "raises":
        raise ConnectionError("the payment service is down")
    if end == "its child is killed" and finished(case) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
# --8<-- [end:ends]


TASKS = {
    default: "default",
    late: "`acks_late`",
    late_not_on_failure: "`acks_late`, `acks_on_failure=False`",
    late_reject: "`acks_late`, `reject_on_worker_lost`",
}
ENDS = ["succeeds", "raises", "its child is killed"]
CASES = {
    f"{task.__name__} {end}": (task, end)
    for task, end in product(TASKS, ENDS)
}
app.conf.task_queues = [
    Queue(
        case,
        queue_arguments={
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": f"dead {case}",
        },
    )
    for case in CASES
]


def all_running():
    replies = app.control.inspect(limit=1, timeout=5).active() or {}
    return sum(map(len, replies.values())) == len(CASES)


def main():
    with RabbitMQ() as node:
        os.environ["CELERY_BROKER_URL"] = node.url
        with app.connection() as connection:
            for case in CASES:
                Queue(f"dead {case}")(connection.default_channel).declare()
        with Worker(__file__, f"--concurrency={len(CASES)}", {**os.environ}):
            results = {
                case: task.apply_async([case, end], queue=case)
                for case, (task, end) in CASES.items()
            }
            wait_until(all_running, 60, "all tasks to run")
            running = listed(node)
            for case in CASES:
                open_gate(case)
            for result in results.values():
                wait_until(result.ready, 60)
            after = wait_until(lambda: settled(node), 60)
    rows = [["task", "unacked while it runs", *ENDS]]
    for task, name in TASKS.items():
        cases = [f"{task.__name__} {end}" for end in ENDS]
        [unacked] = {running[case][1] for case in cases}
        rows += [[name, unacked, *(outcome(case, after) for case in cases)]]
    table(*rows)


def settled(node):
    counts = listed(node)
    return counts if not any(counts[case][1] for case in CASES) else None


def outcome(case, counts):
    assert counts[case][0] == 0
    times = started(case)
    runs = f"{times} run{'s' * (times > 1)}"
    dead, _ = counts[f"dead {case}"]
    return f"{runs}, {'dead-lettered' if dead else 'acked'}"


if __name__ == "__main__":
    main()
