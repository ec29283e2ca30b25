# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 120
# ///
"""One INCR to a server that stands still for longer than the client waits."""

from threading import Thread
from time import sleep

from redis import Redis as Client
from redis import TimeoutError

from acked.lab import table
from acked.services import Redis


# --8<-- [start:twice]
def by_port(server: Redis) -> Client:
    return Client(port=server.port, socket_timeout=1)


def by_url(server: Redis) -> Client:
    return Client.from_url(server.url, socket_timeout=1)


def run(connect) -> list:
    with Redis() as server:
        client = connect(server)
        client.set("orders", 0)
        ended = []

        def call():
            try:
                ended.append(f"returned {client.incr('orders')}")
            except TimeoutError:
                ended.append("TimeoutError")

        with server.frozen():
            calling = Thread(target=call)
            calling.start()
            sleep(2)  # as long as the swap or a stopped machine takes
        calling.join()
        return [*ended, server.client().get("orders")]
# --8<-- [end:twice]


once, again = run(by_url), run(by_port)
counted = int(again[1])
assert counted > 1 and again[0] == f"returned {counted}"
table(
    ["redis-py 8.1, no retries set", "one `incr()`", "counted"],
    ["`Redis.from_url()`", *once],
    ["`Redis()`", "no error", "more than once"],
)
