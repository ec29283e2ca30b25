# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 120
# ///
"""What a channel pattern in a user's rights allows."""

import redis
import rules

from acked.services import Redis, Valkey

# --8<-- [start:channels]
RIGHTS = "+@all &/0.celery*"
ATTEMPTS = [
    "SUBSCRIBE /0.celery.pidbox",
    "PSUBSCRIBE /0.celery.pidbox",
    "PSUBSCRIBE /0.celeryev/*",
    "PSUBSCRIBE /0.celery*",
]
# --8<-- [end:channels]


def attempt(server: Redis, command: str) -> str:
    how, channel = command.split()
    with server.client(username="user", password="secret") as client:
        listener = client.pubsub()
        subscribe = {
            "SUBSCRIBE": listener.subscribe,
            "PSUBSCRIBE": listener.psubscribe,
        }[how]
        try:
            subscribe(channel)
            listener.parse_response()
        except redis.exceptions.NoPermissionError as error:
            return str(error)
        finally:
            listener.close()
    return "subscribed"


def answers(server_type) -> list[str]:
    with server_type() as server:
        rules.make(server.client(), "user", RIGHTS)
        return [f"{one:28} {attempt(server, one)}" for one in ATTEMPTS]


told = answers(Redis)
assert told == answers(Valkey)
print(*told, sep="\n")
