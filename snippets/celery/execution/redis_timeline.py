# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""One task on Redis: who has it, and when. Times of the broker by MONITOR."""

import os

from journey import show, travel
from wire import Monitor


def main():
    monitor = Monitor(os.environ["REDIS_URL"])
    # --8<-- [start:seen]
    events = travel(
        monitor,
        was_sent=lambda: monitor.find("LPUSH celery "),
        was_fetched=lambda: monitor.find("HSET unacked "),
        was_acknowledged=lambda: monitor.find("HDEL unacked "),
    )
    # --8<-- [end:seen]
    show(events)


if __name__ == "__main__":
    main()
