"""A cluster of RabbitMQ nodes, and plain AMQP clients of it."""

from concurrent.futures import ThreadPoolExecutor

from amqp import Message
from amqp.exceptions import AMQPError, MessageNacked
from kombu import Connection

from acked.services import RabbitMQ, wait_until

PATIENCE = 10  # seconds that a client waits for an answer
threads = ThreadPoolExecutor(max_workers=16)
CONFIRMS = {"confirm_publish": True}


# --8<-- [start:queues]
QUEUES = {"classic": {}, "quorum": {"x-queue-type": "quorum"}}


def declare(channel, queue, arguments):
    channel.queue_declare(
        queue, durable=True, auto_delete=False, arguments=arguments
    )
    return "declared"
# --8<-- [end:queues]


def start_nodes(stack, size, **options):
    """So many nodes, which end with the stack."""
    first = stack.enter_context(RabbitMQ(**options))
    options.pop("vhosts", None)
    others = [RabbitMQ(join=first, **options) for _ in range(size - 1)]
    return [first, *threads.map(stack.enter_context, others)]


def hurry(node):
    """Metadata without a majority: an error after 12 s, not after 30."""
    setting = "khepri, default_timeout, 12000"
    node.rabbitmqctl("eval", f"application:set_env({setting}).")


def channel_of(node):
    return Connection(node.url, transport_options=CONFIRMS).channel()


# --8<-- [start:clients]
def send(channel, queue, bodies):
    for body in bodies:
        message = Message(str(body), delivery_mode=2)
        channel.basic_publish(message, routing_key=queue, timeout=PATIENCE)
    return "confirmed"


class Consumer:
    """Holds one message; it acknowledges that when it asks for the next."""

    def __init__(self, node, queue):
        self.channel, self.held, self.seen = channel_of(node), [], []
        self.channel.basic_qos(0, 1, False)
        self.channel.basic_consume(queue, callback=self.held.append)
        self.next()

    def next(self):
        if self.held:
            self.channel.basic_ack(self.held.pop().delivery_tag)
        self.channel.connection.drain_events(timeout=PATIENCE)
        self.seen.append(self.held[0].body)
        return "gets the next"
# --8<-- [end:clients]


def answer(ask, *args):
    """What it returns, or the name of its exception."""
    try:
        return ask(*args)
    except TimeoutError:
        return "no answer"
    except (AMQPError, MessageNacked, OSError) as error:
        return f"`{type(error).__name__}`"


def answers(*questions):
    """Ask all of them at the same time."""
    return [a.result() for a in [threads.submit(answer, *q) for q in questions]]


def look(node, consumers, body):
    """What clients see that are connected to this node, by queue."""
    channels = {queue: channel_of(node) for queue in QUEUES}
    said = answers(
        *((send, channels[queue], queue, [body]) for queue in QUEUES),
        *((consumers[queue].next,) for queue in QUEUES),
        *(
            (declare, channel_of(node), f"{queue} {body}", QUEUES[queue])
            for queue in QUEUES
        ),
    )
    hang_up(*channels.values())
    return {"sender": said[:2], "consumer": said[2:4], "new queue": said[4:]}


def hang_up(*channels):
    """Drop the connections without a word."""
    for channel in channels:
        channel.connection.collect()


def everything(node, queue):
    """All bodies in the queue, up to one that is sent for the purpose."""
    channel = channel_of(node)
    wait_until(lambda: answer(send, channel, queue, ["end"]) == "confirmed")
    bodies = []
    while "end" not in bodies:
        message = wait_until(lambda: channel.basic_get(queue, no_ack=True))
        bodies.append(message.body)
    return bodies[:-1]
