"""Three queues without Celery: `python consumer.py KIND JOB...`

The jobs of the first kind live in this process; those of the others were sent
by somebody else. Each works until it is killed.
"""

import json
import os
import queue
import sys
import time

import psycopg

from shop import record, work


# --8<-- [start:memory]
def in_memory(case, jobs):
    waiting = queue.Queue()
    for job in jobs:
        waiting.put(job)
    while True:
        job = waiting.get()
        work(case, job, waits=job == "1")
# --8<-- [end:memory]


# --8<-- [start:list]
def redis_list(case, _):
    while True:
        _, job = record.brpop(f"{case} jobs")  # fetched is gone
        work(case, job, waits=job == "1")
# --8<-- [end:list]


# --8<-- [start:table]
TAKE = """
    DELETE FROM jobs WHERE id = (
        SELECT id FROM jobs ORDER BY priority DESC, id
        LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING name"""


def sql_table(case, _):
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        while True:
            with connection.transaction():
                job = connection.execute(TAKE).fetchone()
                if job:
                    work(case, job[0], waits=job[0] == "1")
            if not job:
                time.sleep(0.1)  # nobody tells it of a new job
# --8<-- [end:table]


KINDS = {"memory": in_memory, "list": redis_list, "table": sql_table}


if __name__ == "__main__":
    print("ready", json.dumps(sys.argv[1:]))
    KINDS[sys.argv[1]](sys.argv[1], sys.argv[2:])
