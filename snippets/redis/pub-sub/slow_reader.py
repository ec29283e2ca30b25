# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""A subscriber that does not read, and one that does."""

from listeners import heard, subscriber
from redis import Redis as Client

from acked.lab import table
from acked.services import Redis, Valkey

LIMIT = "--client-output-buffer-limit 'pubsub 1mb 0 0'"
MESSAGE = "x" * 100_000


# --8<-- [start:slow]
def run(server: Redis) -> list:
    client = server.client()
    reader, sleeper = (
        subscriber(Client(port=server.port, decode_responses=True), "orders")
        for _ in range(2)
    )
    sent = 0
    while client.publish("orders", MESSAGE) == 2:
        sent += 1
        assert reader.get_message(timeout=30)["data"] == MESSAGE
    told = client.info("stats")["client_output_buffer_limit_disconnections"]
    reader.get_message(timeout=30)
    first = 0
    while sleeper.get_message(timeout=30)["type"] != "subscribe":
        first += 1  # what its socket still held
    client.publish("orders", "after")
    client.publish("orders", "end")
    return [sent, first, told, heard(reader), heard(sleeper)]


# --8<-- [end:slow]


def row(title: str, server: Redis) -> list:
    with server:
        sent, first, told, reader, sleeper = run(server)
        assert reader == sleeper == ["after"]
        return [title, told, "all", f"some missing: {first < sent}"]


def default(server: Redis) -> str:
    with server:
        told = server.client().config_get("client-output-buffer-limit")
        return told["client-output-buffer-limit"].partition("pubsub ")[2]


assert default(Redis()) == default(Valkey()) == "33554432 8388608 60"
table(
    ["limit 1 MB", "dropped", "the reader got", "the other, later"],
    row("Redis 8", Redis(LIMIT)),
    row("Valkey 9", Valkey(LIMIT)),
)
