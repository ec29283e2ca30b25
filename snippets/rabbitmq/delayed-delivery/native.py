# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 120
# ///
"""Native delayed delivery: the queues on a task's way, and what it needs."""

import json
import time

from celery import Celery

from acked.lab import record, table
from acked.services import Worker, wait_until

# --8<-- [start:settings]
app = Celery("native")
app.conf.task_default_queue_type = "quorum"
app.conf.task_default_exchange_type = "topic"
app.conf.broker_transport_options = {"confirm_publish": True}
# --8<-- [end:settings]


# --8<-- [start:task]
@app.task(bind=True)
def remind(self, countdown, sent):
    deaths = self.request.headers.get("x-death", [])
    way = [death["queue"] for death in reversed(deaths)]
    early = time.time() < sent + countdown
    record.set(f"after {countdown}", json.dumps([way, early]))
# --8<-- [end:task]


def main():
    # --8<-- [start:send]
    countdowns = [1, 2.9, 3, 6, 10]
    with Worker(__file__, "--concurrency=1"):
        for countdown in countdowns:
            arguments = [countdown, time.time()]
            remind.apply_async(arguments, countdown=countdown)
        keys = [f"after {countdown}" for countdown in countdowns]
        wait_until(lambda: record.exists(*keys) == len(keys), 60)
    # --8<-- [end:send]
    rows = []
    for countdown in countdowns:
        way, early = json.loads(record.get(f"after {countdown}"))
        names = ", ".join(f"`{name}`" for name in way)
        rows.append([countdown, names, "yes" if early else "no"])
    table(["countdown", "it waited in", "ran too early"], *rows)


if __name__ == "__main__":
    main()
