# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "amqp"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""With a waiting queue for each delay, the long one is in nobody's way."""

import os

from amqp_wire import channel_of, length, take
from amqp import Message
from rooms import declare_rooms

from acked.services import wait_until

channel = channel_of(os.environ["AMQP_URL"])
declare_rooms(channel, [1, 6])


def send(body, delay):
    message = Message(body, delivery_mode=2)
    channel.basic_publish(message, "later", routing_key=delay)


# --8<-- [start:send]
send("long", delay="6 s")
for _ in range(100):
    send("short", delay="1 s")
wait_until(lambda: length(channel, "work") == 101)
order = [take(channel, "work").body for _ in range(101)]
print("first:", order[0], "- last:", order[-1])
# --8<-- [end:send]
