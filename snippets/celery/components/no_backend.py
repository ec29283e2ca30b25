# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 60
# ///
"""No result backend at all: what still works?"""

import os

from celery import Celery, chord
from redis import Redis

from acked.services import Worker, wait_until

os.environ.pop("CELERY_RESULT_BACKEND", None)
app = Celery("no_backend")
redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


@app.task
def charge(*_):
    redis.incr("executed")


def main():
    # --8<-- [start:without]
    with Worker(__file__, "--concurrency=1"):
        sent = charge.delay()
        wait_until(lambda: redis.get("executed"))
    print("executed:", redis.get("executed"))
    for step in (sent.get, chord([charge.si(), charge.si()], charge.s())):
        try:
            step()
        except NotImplementedError as error:
            print(error.args[0].split(".")[0])
    # --8<-- [end:without]


if __name__ == "__main__":
    main()
