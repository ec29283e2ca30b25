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

from redis import TimeoutError
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from acked.lab import table
from acked.services import Redis


# --8<-- [start:twice]
def run(retries: int) -> list:
    with Redis() as server:
        client = server.client(
            socket_timeout=1, retry=Retry(ConstantBackoff(0.1), retries)
        )
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
        return [retries, *ended, server.client().get("orders")]


# --8<-- [end:twice]

rows = [run(0), run(100)]
counted = int(rows[1][2])
assert counted > 1 and rows[1][1] == f"returned {counted}"
table(
    ["redis-py", "one `incr()`", "counted"],
    ["no retries", *rows[0][1:]],
    ["retries", "no error", "more than once"],
)
