# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""Ten orders to three services, by Pub/Sub and by a stream."""

from listeners import heard, subscriber

from acked.lab import table
from acked.services import Redis, Valkey


# --8<-- [start:uses]
def by_pub_sub(server: Redis) -> list[int]:
    client = server.client()
    mail = subscriber(server.client(), "orders")
    stock = subscriber(server.client(), "orders")
    publish(client, range(1, 4))
    before = [stock.get_message(timeout=30)["data"] for _ in range(3)]
    stock.close()
    publish(client, range(4, 8))
    stock = subscriber(server.client(), "orders")
    publish(client, range(8, 11))
    audit = subscriber(server.client(), "orders")  # a service of next month
    client.publish("orders", "end")
    return [len(heard(mail)), len(before + heard(stock)), len(heard(audit))]


def by_stream(server: Redis) -> list[int]:
    client = server.client()
    for service in "mail", "stock":
        client.xgroup_create("log", service, mkstream=True)
    for order in range(1, 4):
        client.xadd("log", {"order": order})
    before = new(client, "stock")
    for order in range(4, 11):
        client.xadd("log", {"order": order})
    client.xgroup_create("log", "audit", id="0")
    after = new(client, "stock")
    return [new(client, "mail"), before + after, new(client, "audit")]


def publish(client, orders) -> None:
    for order in orders:
        client.publish("orders", order)


def new(client, service: str) -> int:
    reply = client.xreadgroup(service, "one", {"log": ">"})
    return sum(len(entries) for _, entries in reply)


# --8<-- [end:uses]


def run(server: Redis) -> tuple:
    with server:
        return by_pub_sub(server), by_stream(server)


assert (found := run(Redis())) == run(Valkey())
pub_sub, stream = found
table(
    ["10 orders, Redis 8 and Valkey 9", "Pub/Sub", "stream, a group for each"],
    ["mail, always there", pub_sub[0], stream[0]],
    ["stock, away for 4", pub_sub[1], stream[1]],
    ["audit, added later", pub_sub[2], stream[2]],
)
