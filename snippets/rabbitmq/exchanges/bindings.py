# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""How many copies of one message, and where."""

import os

from amqp import Message
from kombu import Connection

from acked.lab import table

rows = []
connection = Connection(
    os.environ["AMQP_URL"], transport_options={"confirm_publish": True}
)
channel = connection.channel()


def count(what):
    channel.basic_publish(Message("x"), "shop", "paid")
    counts = [channel.queue_purge(name) for name in ("mails", "stock")]
    rows.append([what, *counts])


# --8<-- [start:steps]
channel.exchange_declare("shop", "direct", durable=True, auto_delete=False)
for name in "mails", "stock":
    channel.queue_declare(name, durable=True, auto_delete=False)
count("no binding")
channel.queue_bind("mails", "shop", "paid")
count("`mails` bound")
channel.queue_bind("mails", "shop", "paid")
count("the same again")
channel.queue_bind("stock", "shop", "paid")
count("`stock` bound with the same key")
channel.queue_unbind("mails", "shop", "paid")
count("`mails` unbound")
channel.exchange_declare("all", "fanout", durable=True, auto_delete=False)
channel.exchange_bind("all", "shop", "paid")
channel.queue_bind("mails", "all")
channel.queue_bind("stock", "all")
count("exchange bound to exchange, `stock` reached twice")
channel.queue_delete("stock")
channel.queue_declare("stock", durable=True, auto_delete=False)
count("`stock` deleted and declared anew")
# --8<-- [end:steps]
table(["published to `shop` with key `paid`", "in mails", "in stock"], *rows)
connection.release()
