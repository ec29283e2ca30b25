# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""The default exchange: every queue is bound to it, and nothing else can be."""

import os

from amqp import Message
from amqp.exceptions import AccessRefused
from kombu import Connection

with Connection(
    os.environ["AMQP_URL"], transport_options={"confirm_publish": True}
) as connection:
    # --8<-- [start:nameless]
    channel = connection.channel()
    for name in "orders", "refunds":
        channel.queue_declare(name, durable=True, auto_delete=False)
    channel.basic_publish(Message("one"), exchange="", routing_key="orders")
    channel.basic_publish(Message("two"), exchange="", routing_key="Orders")
    for name in "orders", "refunds":
        found = channel.queue_declare(name, passive=True)
        print(name, "has", found.message_count)
    try:
        channel.queue_bind("orders", exchange="", routing_key="Orders")
    except AccessRefused as error:
        print(error.reply_text)
    # --8<-- [end:nameless]
