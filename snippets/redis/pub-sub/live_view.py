# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""A view of the last order, away while 6 to 10 are published."""

from listeners import subscriber

from acked.lab import table
from acked.services import Redis, Valkey


# --8<-- [start:view]
def publish(client, orders) -> None:
    for order in orders:
        with client.pipeline() as transaction:
            transaction.set("last order", order)
            transaction.publish("orders", order)
            transaction.execute()


def view(server: Redis) -> list[str]:
    client, viewer = server.client(), subscriber(server.client(), "orders")
    publish(client, range(1, 6))
    shown = [viewer.get_message(timeout=30)["data"] for _ in range(5)][-1]
    viewer.close()
    publish(client, range(6, 11))
    viewer = subscriber(server.client(), "orders")  # first subscribe,
    return [shown, client.get("last order")]  # then read


# --8<-- [end:view]

with Redis() as redis, Valkey() as valkey:
    assert (found := view(redis)) == view(valkey)
table(
    ["Redis 8 and Valkey 9, back again", "shows order"],
    ["by messages alone", found[0]],
    ["reads the key", found[1]],
)
