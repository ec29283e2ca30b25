"""Subscribers, and what they got."""

from redis import Redis
from redis.client import PubSub

# redis-py closes the connections of a client that nobody holds any more.
held = []


def subscriber(client: Redis, *channels: str, **patterns) -> PubSub:
    """Subscribed, and the server has said so for each channel."""
    held.append(client)
    listener = client.pubsub()
    if channels:
        listener.subscribe(*channels)
    if patterns:
        listener.psubscribe(**patterns)
    for _ in range(len(channels) + len(patterns)):
        assert "subscribe" in listener.get_message(timeout=30)["type"]
    return listener


def heard(listener: PubSub) -> list[str]:
    """The messages until `end`; redis-py reconnects by itself."""
    messages = []
    while True:
        got = listener.get_message(timeout=30)
        if got and "message" in got["type"]:
            if got["data"] == "end":
                return messages
            messages.append(got["data"])
