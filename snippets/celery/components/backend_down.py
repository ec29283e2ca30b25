# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["postgresql"]
# timeout = 120
# ///
"""Broker up, result backend gone: what happens to tasks and to get()?

RabbitMQ carries the tasks, PostgreSQL keeps the results.
"""

import os

from celery import Celery
from redis import Redis

from acked.services import PostgreSQL, Worker, wait_until

app = Celery("backend_down")
record = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


# --8<-- [start:task]
@app.task
def charge(order):
    record.incr(order)
# --8<-- [end:task]


def main():
    with PostgreSQL() as results:
        url = results.url.replace("://", "+psycopg://")
        os.environ["CELERY_RESULT_BACKEND"] = f"db+{url}"
        with Worker(__file__, "--concurrency=1") as worker:
            charge.delay("A").get(timeout=30)
            # --8<-- [start:down]
            results.kill()
            sent = charge.delay("B")
            print("delay() returned an id:", bool(sent.id))
            wait_until(lambda: record.get("B"))
            print("the task ran:          ", record.get("B"), "time")
            try:
                sent.get(timeout=5)
            except Exception as error:
                print("get() raised:          ", type(error).__name__)
            wait_until(lambda: "BackendStoreError" in worker.log())
            results.start()
            charge.delay("C").get(timeout=60)
            print("SUCCESS, once it is up:", sent.state == "SUCCESS")
            # --8<-- [end:down]
            worker.shut_down("warm")


if __name__ == "__main__":
    main()
