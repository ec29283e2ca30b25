# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 200
# ///
"""A report that takes longer than its interval. Prints a timeline."""

import time

from beats import Beat
from celery import Celery

from acked.lab import record
from acked.services import Worker, wait_until

app = Celery("overlap")


# --8<-- [start:task]
@app.task
def report():
    number = record.incr("runs")
    record.hset("started", number, time.time())
    record.blpop(f"gate {number}", timeout=0)  # slow: until its gate opens
    record.hset("ended", number, time.time())


app.conf.beat_schedule = {
    "report": {"task": "overlap.report", "schedule": 1.0},
}
# --8<-- [end:task]


def main():
    with Worker(__file__, "--concurrency=3"), Beat(__file__) as beat:
        wait_until(lambda: record.hlen("started") == 3, 60, "three runs")
        beat.kill()
        together = record.hlen("started") - record.hlen("ended")
        for number in "123":
            record.lpush(f"gate {number}", "open")
            wait_until(lambda n=number: record.hexists("ended", n), 60)
    assert together == 3
    began = float(record.hget("started", "1"))
    events = []
    for number in "123":
        lane = f"run {number}"
        events += [
            (float(record.hget("started", number)), lane, "+", "starts"),
            (float(record.hget("ended", number)), lane, "-", "ends"),
        ]
    for at, lane, mark, text in sorted(events):
        print(f"{at - began:.2f}  {lane}  {mark}  {text}")


if __name__ == "__main__":
    main()
