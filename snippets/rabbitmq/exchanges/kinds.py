# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 60
# ///
"""Four kinds of exchanges and the nameless one: who got what?"""

import os

from kombu import Connection, Exchange, Queue

from acked.lab import table

# --8<-- [start:cases]
CASES = {
    "direct": (
        {"a": "paid", "b": "paid", "c": "sent"},
        ["paid", "sent", "Paid", "paid.eu"],
    ),
    "fanout": (
        {"a": "paid", "b": "", "c": "sent"},
        ["paid", "anything"],
    ),
    "topic": (
        {"a": "order.*", "b": "order.#", "c": "#.eu"},
        ["order", "order.paid", "order.paid.eu", "refund.eu"],
    ),
    "headers": (
        {
            "a": {"x-match": "all", "kind": "pdf", "size": "big"},
            "b": {"x-match": "any", "kind": "pdf", "size": "big"},
            "c": {},
        },
        [{"kind": "pdf", "size": "big"}, {"kind": "pdf"}, {"kind": "png"}],
    ),
}
# --8<-- [end:cases]


# --8<-- [start:route]
def route(channel, kind, bindings, messages):
    exchange = Exchange(f"x.{kind}", type=kind)
    queues = {}
    for name, rule in bindings.items():
        by = "binding_arguments" if kind == "headers" else "routing_key"
        queue = Queue(f"{kind}.{name}", exchange, **{by: rule})(channel)
        queue.declare()
        queues[name] = queue
    producer = channel.connection.client.Producer(channel)
    for message in messages:
        by = "headers" if kind == "headers" else "routing_key"
        producer.publish(said(message), exchange=exchange, **{by: message})
        yield kind, message, who_got(queues, said(message))
# --8<-- [end:route]


def said(value):
    """Headers or a routing key, as words."""
    if isinstance(value, dict):
        return ", ".join(f"{k}={v}" for k, v in value.items()) or "none"
    return value


def who_got(queues, body):
    found = []
    for name, queue in queues.items():
        while message := queue.get(no_ack=True):
            assert message.payload == body
            found.append(name)
    return found


def main():
    rows = []
    transport = {"confirm_publish": True}  # routed before the next line
    url = os.environ["AMQP_URL"]
    with Connection(url, transport_options=transport) as connection:
        for kind, (bindings, messages) in CASES.items():
            channel = connection.channel()
            for row in route(channel, kind, bindings, messages):
                rows.append([row[0], f"`{said(row[1])}`", *ticks(row[2])])
    table(["exchange", "published", "a", "b", "c"], *rows)


def ticks(names):
    return [names.count(name) for name in "abc"]


if __name__ == "__main__":
    main()
