# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 150
# ///
"""The first task, from end to end, on both brokers."""

import os

from celery import Celery

from acked.services import Worker

# --8<-- [start:tasks]
app = Celery("first_task", backend=os.environ["CELERY_RESULT_BACKEND"])


@app.task
def add(x, y):
    return x + y, os.getpid()
# --8<-- [end:tasks]


BROKERS = {
    "Redis": os.environ["REDIS_URL"],
    "RabbitMQ": os.environ["CELERY_BROKER_URL"],
}


def main():
    for name, url in BROKERS.items():
        env = {**os.environ, "CELERY_BROKER_URL": url}
        with app.connection_for_write(url) as connection:
            # --8<-- [start:send]
            result = add.apply_async([2, 3], connection=connection)
            before = result.state
            with Worker(__file__, "--concurrency=1", env) as worker:
                answer, pid = result.get(timeout=30)
                # --8<-- [end:send]
                assert pid in [child.pid for child in worker.pool()]
        elsewhere = pid != os.getpid()
        print(f"{name}: {before}, then {result.state} {answer},", end=" ")
        print(f"computed in another process: {elsewhere}")


if __name__ == "__main__":
    main()
