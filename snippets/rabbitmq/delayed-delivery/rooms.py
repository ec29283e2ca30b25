"""One waiting queue for each delay, as several snippets of this page use."""

from amqp_wire import declare


# --8<-- [start:rooms]
def declare_rooms(channel, delays):
    channel.exchange_declare("later", "direct", durable=True)
    channel.exchange_declare("due", "fanout", durable=True)
    declare(channel, "work")
    channel.queue_bind("work", "due")
    for seconds in delays:
        name = f"{seconds} s"
        declare(channel, name, {
            "x-message-ttl": seconds * 1000,
            "x-dead-letter-exchange": "due",
        })
        channel.queue_bind(name, "later", routing_key=name)
# --8<-- [end:rooms]
