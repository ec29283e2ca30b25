# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""Each thing a consumer can do with a message: where is it afterwards?"""

from amqp import spec
from kombu import Connection, Queue
from listing import listed

from acked.lab import table
from acked.services import RabbitMQ, wait_until


# --8<-- [start:verbs]
def nack(message, requeue):  # kombu has no method for it
    arguments = (message.delivery_tag, False, requeue)
    message.channel.send_method(spec.Basic.Nack, "Lbb", arguments)


VERBS = {
    "nothing": lambda message: None,
    "`ack()`": lambda message: message.ack(),
    "`requeue()`": lambda message: message.requeue(),
    "`reject()`": lambda message: message.reject(),
    "nack, requeue": lambda message: nack(message, True),
    "nack": lambda message: nack(message, False),
    "nack, no dead-letter exchange": lambda message: nack(message, False),
    "closes its channel": lambda message: message.channel.close(),
}
# --8<-- [end:verbs]
AUTO = "nothing, delivered with auto-ack"
KINDS = ("classic", "quorum")


def declare(name, kind, channel):
    arguments = {
        "x-queue-type": kind,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": f"dead {name}",
    }
    if "no dead-letter" in name:
        arguments = {"x-queue-type": kind}
    Queue(f"dead {name}")(channel).declare()
    Queue(name, queue_arguments=arguments)(channel).declare()


def send_three(name, producer):
    for body in ("first", "second", "third"):
        producer.publish(body, routing_key=name)


def take_first(name, connection, **options):
    """Its first message, on a channel of its own."""
    queue = Queue(name)(connection.channel())
    message = wait_until(lambda: queue.get(**options))
    assert message.payload == "first"
    return message


def agreed(node):
    """The listing, once both types say the same: quorum queues lag behind."""
    counts = listed(node)
    names = [f"classic {verb}" for verb in (*VERBS, AUTO)]
    pairs = [(name, name.replace("classic", "quorum")) for name in names]
    pairs += [(f"dead {one}", f"dead {other}") for one, other in pairs]
    return counts if all(counts[a] == counts[b] for a, b in pairs) else None


def main():
    with RabbitMQ() as node, Connection(node.url) as connection:
        held = []
        producer = connection.Producer()
        for kind in KINDS:
            for verb, act in VERBS.items():
                name = f"{kind} {verb}"
                declare(name, kind, connection.default_channel)
                send_three(name, producer)
                message = take_first(name, connection)
                act(message)
                held.append(message)
            name = f"{kind} {AUTO}"
            declare(name, kind, connection.default_channel)
            send_three(name, producer)
            held.append(take_first(name, connection, no_ack=True))
        counts = wait_until(lambda: agreed(node), 60, "both types to agree")
        rows = [["the consumer does", "ready", "unacked", "dead-lettered"]]
        for verb in (*VERBS, AUTO):
            ready, unacked = counts[f"classic {verb}"]
            rows += [[verb, ready, unacked, counts[f"dead classic {verb}"][0]]]
        table(*rows)
        assert not any(hasattr(message, "nack") for message in held)


if __name__ == "__main__":
    main()
