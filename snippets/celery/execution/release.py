# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 150
# ///
"""The web process is deployed, the worker is not: who knows which code?"""

import os

from celery import Celery
from redis import Redis

from acked.lab import table
from acked.services import Worker, wait_until

app = Celery("release")
redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)

# --8<-- [start:old]
if os.environ.get("RELEASE") == "1":

    @app.task
    def price():
        redis.incr("executed price")
        return "release 1"

    @app.task
    def charge(order):
        redis.incr("executed charge")
        return order

    @app.task
    def send_mail():
        redis.incr("executed send_mail")
# --8<-- [end:old]
# --8<-- [start:new]
else:

    @app.task
    def price():
        redis.incr("executed price")
        return "release 2"

    @app.task
    def charge(order, currency):
        redis.incr("executed charge")
        return order, currency

    @app.task
    def send_email():  # renamed
        redis.incr("executed send_email")
# --8<-- [end:new]


MESSAGES = {  # what is sent: task, arguments
    "`price()`, a changed body": ("price", []),
    "`charge(17)`, as release 1 calls it": ("charge", [17]),
    "`charge(17, 'EUR')`, as release 2 does": ("charge", [17, "EUR"]),
    "`send_mail()`, the old name": ("send_mail", []),
    "`send_email()`, the new name": ("send_email", []),
}


def outcome(task, arguments):
    result = app.send_task(f"release.{task}", arguments)
    result.get(timeout=30, propagate=False)
    answer = result.result
    if isinstance(answer, Exception):
        answer = type(answer).__name__
    executed = redis.getdel(f"executed {task}") or 0
    return f"{executed}, `{result.state}`, `{answer}`"


def outcomes(release):
    env = {**os.environ, "RELEASE": release}
    with Worker(__file__, "--concurrency=1", env) as worker:
        found = [outcome(*message) for message in MESSAGES.values()]
        wait_until(lambda: not redis.exists("unacked"), what="all acks")
        assert not redis.exists("celery")
        assert worker.log().count("Received unregistered task") == 1
    return found


def main():
    rows = zip(MESSAGES, outcomes("1"), outcomes("2"))
    table(["sent once", "release 1: executed", "release 2: executed"], *rows)


if __name__ == "__main__":
    main()
