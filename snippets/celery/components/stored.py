# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "psycopg[binary]", "sqlalchemy"]
#
# [tool.acked]
# services = ["redis", "postgresql"]
# timeout = 90
# ///
"""What a result is in Redis and in PostgreSQL, and how long it stays."""

import json
import os

import psycopg
from celery import Celery
from redis import Redis

from acked.services import Worker

app = Celery("stored")
redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
DATABASE = os.environ["DATABASE_URL"]


@app.task
def add(x, y):
    return x + y


def on_redis():
    # --8<-- [start:status]
    result = add.delay(4, 4)
    print(f"no worker yet:   {result.status}")
    unknown = app.AsyncResult("an-id-that-I-made-up")
    print(f"made-up id:      {unknown.status}")
    with Worker(__file__, "--concurrency=1"):
        print(f"get():           {result.get(timeout=30)}")
        print(f"status:          {result.status}")
        print(f"get() again:     {result.get()}")
    # --8<-- [end:status]
    # --8<-- [start:redis]
    [key] = redis.scan_iter("celery-task-meta-*")
    print(f"a day to live:   {86_000 < redis.ttl(key) <= 86_400}")
    for name, value in json.loads(redis.get(key)).items():
        print(f"  {name}: {value}")
    result.forget()
    print(f"after forget():  {result.status}, {redis.exists(key)} keys")
    # --8<-- [end:redis]


def on_postgresql():
    # --8<-- [start:postgresql]
    url = DATABASE.replace("postgresql://", "db+postgresql+psycopg://")
    del os.environ["CELERY_RESULT_BACKEND"]  # it would win over `backend=`
    with Worker(__file__, "-c 1", {"CELERY_RESULT_BACKEND": url}):
        with Celery(backend=url) as client:
            client.send_task("stored.add", [4, 4]).get(timeout=30)
    with psycopg.connect(DATABASE) as connection:
        cursor = connection.execute("SELECT * FROM celery_taskmeta")
        names = [column.name for column in cursor.description]
        [row] = cursor.fetchall()
    # --8<-- [end:postgresql]
    for name, value in zip(names, row):
        shown = bytes(value) if isinstance(value, memoryview) else value
        print(f"  {name}: {shown}")


def main():
    on_redis()
    print("PostgreSQL, one row of celery_taskmeta:")
    on_postgresql()


if __name__ == "__main__":
    main()
