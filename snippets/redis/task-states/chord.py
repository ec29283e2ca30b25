# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis"]
# timeout = 180
# ///
"""Redis, the result backend, dies when two of three parts are counted."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from celery import Celery, chord

from acked.lab import finished, note, open_gate, runs, started, table, work
from acked.services import Redis, Worker, wait_until

app = Celery("chord")


# --8<-- [start:tasks]
@app.task
def part(name):
    work(name)  # ends when its gate is opened


@app.task
def total(results, name):
    note(f"{name} total")
# --8<-- [end:tasks]


WAYS = {
    "no persistence": "--save ''",
    "the default save points": "",
    "AOF": "--appendonly yes",
}


# --8<-- [start:crash]
def crash(way):
    parts = [f"{way} {number}" for number in (1, 2, 3)]
    with Redis(WAYS[way]) as server, worker_on(server, way):
        answer, group = send(server, way, parts)
        counter = f"celery-taskset-meta-{group}.j"
        wait_until(lambda: all(started(name) for name in parts), 60)
        open_gate(parts[0])
        open_gate(parts[1])
        wait_until(lambda: server.client().zcard(counter) == 2, 60)
        server.kill()
        server.start()
        expected = server.client().exists(counter.replace(".j", ".s"))
        open_gate(parts[2])
        wait_until(lambda: over(server, answer, counter), 60)
        # --8<-- [end:crash]
        left = server.client().zcard(counter)
        state = f"`{state_of(server, answer)}`"
        ran = sum(finished(name) for name in parts)
        known = "yes" if expected else "no"
        return way, known, ran, left, runs(f"{way} total"), state


def over(server, answer, counter):
    """The third part was counted as the first, or the callback has ended."""
    left = server.client().zcard(counter)
    return left == 1 or (not left and state_of(server, answer) == "SUCCESS")


def queue(way):
    return way.replace(" ", "-")


def worker_on(server, way):
    env = {**os.environ, "CELERY_RESULT_BACKEND": server.url}
    flags = "--concurrency=3 --without-mingle --without-gossip"
    return Worker(__file__, f"{flags} -Q {queue(way)}", env)


def send(server, way, parts):
    """In a process of its own, which does not see the crash."""
    argv = [sys.executable, __file__, server.url, way, *parts]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return done.stdout.split()


def send_and_print_ids(url, way, *parts):
    sender = Celery("chord", backend=url)
    steps = [
        sender.signature("chord.part", [name], queue=queue(way))
        for name in parts
    ]
    last = sender.signature("chord.total", [way], queue=queue(way))
    answer = chord(steps, app=sender)(last)
    print(answer.id, answer.parent.id)


def state_of(server, task_id):
    with Celery("reader", backend=server.url) as client:
        return client.AsyncResult(task_id).state


def main():
    with ThreadPoolExecutor() as threads:
        rows = list(threads.map(crash, WAYS))
    head = "Redis", "number of parts known after the restart"
    head += "parts executed", "parts counted at the end"
    table((*head, "callback executed", "state of the chord"), *rows)


if __name__ == "__main__":
    os.environ.pop("CELERY_RESULT_BACKEND", None)  # wins over `backend=`
    if sys.argv[1:]:
        send_and_print_ids(*sys.argv[1:])
    else:
        main()
