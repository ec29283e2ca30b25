# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "amqp"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 60
# ///
"""Draw what the broker lists: exchanges, waiting queues, dead letters."""

import json

from amqp_wire import channel_of
from rooms import declare_rooms

from acked.services import RabbitMQ


def listed(node, *words):
    return json.loads(node.rabbitmqctl(*words, "--formatter", "json"))


with RabbitMQ() as node:
    declare_rooms(channel_of(node.url), [10, 60])
    bindings = [
        (row["source_name"], row["destination_name"], row["routing_key"])
        for row in listed(node, "list_bindings")
        if row["source_name"]
    ]
    queues = {
        row["name"]: {name: value for name, _, value in row["arguments"]}
        for row in listed(node, "list_queues", "name", "arguments")
    }
print("client sender  -  exchange later")
for source, queue, key in sorted(bindings):
    if source == "later":
        print(f"exchange later  {key}  queue {queue}")
for name, arguments in sorted(queues.items()):
    if exchange := arguments.get("x-dead-letter-exchange"):
        ttl = arguments["x-message-ttl"]
        print(f"queue {name}  after {ttl} ms  exchange {exchange}")
for source, queue, _ in bindings:
    if source == "due":
        print(f"exchange due  -  queue {queue}")
