"""Four ways to take a payment order; stop() is where the process may die."""

import os
import sys
import time

import psycopg
from kombu import Connection, Queue

from acked.lab import record
from acked.services import wait_until


def pay(key, database):
    database.execute("INSERT INTO payments VALUES (%s)", [key])


# --8<-- [start:ways]
def plain(key, database, stop):
    stop("before the work")
    pay(key, database)
    stop("after the work")


def key_in_redis_first(key, database, stop):
    if record.set(key, "seen", nx=True):
        stop("before the work")
        pay(key, database)
        stop("after the work")


def key_in_redis_last(key, database, stop):
    if not record.exists(key):
        stop("before the work")
        pay(key, database)
        stop("after the work")
        record.set(key, "seen")


def key_in_the_transaction(key, database, stop):
    with database.transaction():
        seen = "INSERT INTO seen VALUES (%s) ON CONFLICT DO NOTHING"
        if database.execute(seen, [key]).rowcount:
            stop("before the work")
            pay(key, database)
            stop("after the work")
# --8<-- [end:ways]


WAYS = {
    "plain": plain,
    "key in Redis, first": key_in_redis_first,
    "key in Redis, last": key_in_redis_last,
    "key in the same transaction": key_in_the_transaction,
}
MOMENTS = ["before the work", "after the work", "before the ack"]


def nowhere(moment):
    """The second consumer lives."""


# --8<-- [start:consume]
def consume(name, way, channel, database, stop):
    message = wait_until(Queue(name)(channel).get)
    way(message.properties["message_id"], database, stop)
    stop("before the ack")
    message.ack()
# --8<-- [end:consume]


if __name__ == "__main__":
    name, way, moment = sys.argv[1:]

    def stop(here):
        if here == moment:
            print("ready", flush=True)
            time.sleep(600)  # until SIGKILL

    with (
        Connection(os.environ["AMQP_URL"]) as connection,
        psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as db,
    ):
        consume(name, WAYS[way], connection.default_channel, db, stop)
