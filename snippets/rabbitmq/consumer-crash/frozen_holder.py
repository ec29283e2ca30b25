"""A consumer that takes one message, does the work in a thread, and acks."""

import os
import sys
from contextlib import suppress
from threading import Thread

from kombu import Connection, Queue

from acked.lab import note, record
from acked.services import wait_until

name, heartbeat, serves = sys.argv[1], float(sys.argv[2]), sys.argv[3]


# --8<-- [start:holder]
def do_the_work():
    record.blpop(f"{name} go")  # until the experiment lets it
    note(f"{name} work")


def serve(connection):
    connection.heartbeat_check()  # sends one, and checks for the other side's
    with suppress(TimeoutError):
        connection.drain_events(timeout=0.2)


with Connection(os.environ["AMQP_URL"], heartbeat=heartbeat) as connection:
    message = wait_until(Queue(name)(connection.default_channel).get)
    work = Thread(target=do_the_work)
    work.start()
    print("ready", flush=True)
    try:
        while work.is_alive():
            work.join(0.2)
            if serves == "yes":
                serve(connection)
        message.ack()
    except connection.connection_errors as error:
        record.set(f"{name} lost", type(error).__name__)
        work.join()
# --8<-- [end:holder]
