# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""One client sets two keys in a batch, another one looks at both."""

from collections import Counter
from threading import Event, Thread

from clients import client_of

from acked.lab import table
from acked.services import Redis, Valkey, wait_until


# --8<-- [start:batches]
def write(client, transaction: bool, stop: Event):
    for number in range(1_000_000):
        batch = client.pipeline(transaction=transaction)
        batch.set("left", number)
        for _ in range(500):
            batch.ping()
        batch.set("right", number)
        batch.execute()
        if stop.is_set():
            return


def look(client) -> str:
    left, right = client.mget("left", "right")
    return "same" if left == right else "different"


# --8<-- [end:batches]


def watch(server: Redis, transaction: bool, looks: int) -> str:
    stop, seen = Event(), Counter()
    client = client_of(server)
    writer = Thread(
        target=write, args=(client_of(server), transaction, stop)
    )
    writer.start()
    wait_until(lambda: client.exists("right"))

    def enough() -> bool:
        seen.update(look(client) for _ in range(100))
        return seen.total() >= looks and (transaction or seen["different"])

    wait_until(enough)
    stop.set()
    writer.join()
    client.flushall()
    return "at least once" if seen["different"] else f"0 of {looks} looks"


rows = []
for title, server in {"Redis 8": Redis(), "Valkey 9": Valkey()}.items():
    with server:
        seen = [watch(server, way, 500) for way in (False, True)]
        rows.append([title, *seen])
table(["another client sees the middle of", "a pipeline", "MULTI/EXEC"], *rows)
