# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 150
# ///
"""Which commands does one task cost on Redis, and who sends them?"""

import os
import re

from celery import Celery
from redis import Redis
from wire import Monitor

from acked.services import Worker, wait_until

app = Celery("commands")
redis = Redis.from_url(os.environ["REDIS_URL"])
gate = Redis.from_url(os.environ["REDIS_URL"], db=1, socket_timeout=None)


@app.task
def add(x, y):
    gate.blmove("gate", "gate", timeout=0)
    return x + y


INTEREST = ("LPUSH celery ", "BRPOP celery ", "HSET unacked ", "HDEL unacked ")
INTEREST += ("SUBSCRIBE celery-task-meta", "SETEX ", "PUBLISH celery-task")


def told(command):
    """The command without what differs from run to run."""
    words = command.split(" ")
    if words[0] == "BRPOP":
        return " ".join(words[:2] + ["…"])
    kept = 1 + (words[0] in ("SUBSCRIBE", "LPUSH", "SETEX", "PUBLISH", "HSET"))
    kept += words[0] == "HDEL"
    line = " ".join(words[:kept])
    return re.sub("meta-.*", "meta-ID", line) + (" …" if words[kept:] else "")


def main():
    monitor = Monitor(os.environ["REDIS_URL"])
    result = add.delay(2, 3)
    wait_until(lambda: monitor.find("LPUSH celery "))
    mine = {address for _, address, _ in monitor.seen}
    with Worker(__file__, "--concurrency=1") as worker:
        wait_until(lambda: monitor.find("HDEL unacked "), what="the ack")
        gate.lpush("gate", "open")
        assert result.get(timeout=30) == 5
        wait_until(lambda: monitor.find("PUBLISH celery-task-meta"))
        owners = {}
        for process, name in [
            (worker.main_processes()[0], "worker's parent"),
            *((child, "pool child") for child in worker.pool()),
        ]:
            for each in process.net_connections("tcp"):
                owners.setdefault(f"{each.laddr.ip}:{each.laddr.port}", name)
    owners |= dict.fromkeys(mine, "producer")
    printed = set()
    for _, address, command in monitor.seen:
        if command.startswith(INTEREST):
            who = owners.get(address, "unknown")
            line = f"{who:<16} {told(command)}"
            if line not in printed:
                print(line)
            printed.add(line)


if __name__ == "__main__":
    main()
