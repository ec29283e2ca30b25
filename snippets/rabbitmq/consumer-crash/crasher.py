"""A consumer that takes several messages at once and dies of one of them."""

import os
import signal
import sys

from kombu import Connection, Queue

from acked.lab import note

name, prefetch = sys.argv[1], int(sys.argv[2])

# --8<-- [start:crasher]
with Connection(os.environ["AMQP_URL"]) as connection:
    queue = Queue(name)(connection.default_channel)
    while held := [m for _ in range(prefetch) if (m := queue.get())]:
        for message in held:
            if message.payload == "poison":
                os.kill(os.getpid(), signal.SIGKILL)
            note(f"{name} done")
            message.ack()
# --8<-- [end:crasher]
