"""A consumer that brings one message per queue to a moment, and waits there."""

import os
import sys
import time

from kombu import Connection, Queue

from acked.lab import note
from acked.services import wait_until


# --8<-- [start:moments]
def before_the_work(queue):
    wait_until(queue.get)


def between_work_and_ack(queue):
    wait_until(queue.get)
    note(f"{queue.name} work")


def auto_ack_before_the_work(queue):
    wait_until(lambda: queue.get(no_ack=True))


def after_the_ack(queue):
    message = wait_until(queue.get)
    note(f"{queue.name} work")
    message.ack()
# --8<-- [end:moments]


MOMENTS = {
    function.__name__: function
    for function in (
        before_the_work,
        between_work_and_ack,
        auto_ack_before_the_work,
        after_the_ack,
    )
}

if __name__ == "__main__":
    names = sys.argv[1:]
    with Connection(os.environ["AMQP_URL"]) as connection:
        channel = connection.default_channel
        for name in names:
            MOMENTS[name.split()[-1]](Queue(name)(channel))
        print("ready", flush=True)
        while True:
            time.sleep(60)
