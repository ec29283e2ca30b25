# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 120
# ///
"""Which Redis commands carry a task, and which carry everything else?"""

import os

from celery import Celery

from acked.lab import table
from acked.services import Redis, Worker, wait_until

app = Celery("commands")

# --8<-- [start:task]
CARRIES = "LPUSH BRPOP HSET HDEL ZADD ZREM SET SETEX PUBLISH SUBSCRIBE"


@app.task
def add(a, b):
    return a + b
# --8<-- [end:task]


def family(key):
    """What a key or a channel is for."""
    if key == "celery" or key.startswith("unacked"):
        return f"`{key}`"
    if key.startswith("celery-task-meta-"):
        return "the result"
    if key.endswith("celery.pidbox") and key.startswith("/0."):
        return "`inspect ping`, to the workers"
    return "events" if "celeryev/" in key else None


def main():
    with Redis() as server:
        url = {"CELERY_BROKER_URL": server.url}
        url["CELERY_RESULT_BACKEND"] = server.url
        os.environ.update(url)
        used = {}
        with Worker(__file__, "--concurrency=1 --task-events", url):
            # --8<-- [start:monitor]
            with server.monitor() as told:
                add.delay(1, 2).get(timeout=60)
                app.control.inspect(timeout=30, limit=1).ping()
                wait_until(lambda: server.cli("LLEN", "celery") == 0)
            for line in told:
                command, _, key = line.partition(" ")
                if command in CARRIES.split():
                    used.setdefault(family(key.split()[0]), set()).add(command)
            # --8<-- [end:monitor]
    rows = [
        (name, ", ".join(sorted(used[name])))
        for name in sorted(filter(None, used))
    ]
    table(("key or channel", "commands"), *rows)


if __name__ == "__main__":
    main()
