# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""Patterns, databases, transactions, scripts and a replica."""

from listeners import heard, subscriber

from acked.lab import table
from acked.services import Redis, Valkey, wait_until


# --8<-- [start:cases]
def pattern_too(server):
    listener = subscriber(server.client(), "orders", **{"ord*": None})
    return listener, server.client().publish("orders", "one")


def other_database(server):
    listener = subscriber(server.client(db=1), "orders")
    return listener, server.client(db=0).publish("orders", "one")


def executed(server):
    listener = subscriber(server.client(), "orders")
    with server.client().pipeline() as transaction:
        transaction.publish("orders", "one")
        transaction.incr("text")  # fails
        return listener, transaction.execute(raise_on_error=False)[0]


def watch_broken(server):
    client = server.client(single_connection_client=True)
    listener = subscriber(server.client(), "orders")
    client.execute_command("WATCH", "text")
    client.execute_command("MULTI")
    client.execute_command("PUBLISH", "orders", "one")
    server.client().set("text", "text")
    return listener, client.execute_command("EXEC")


# --8<-- [end:cases]

CASES = {
    "channel and a matching pattern": pattern_too,
    "subscribed in database 1, published in 0": other_database,
    "MULTI, another command of it fails": executed,
    "MULTI, a watched key changed": watch_broken,
}


def linked(replica: Redis) -> bool:
    return replica.client().info("replication")["master_link_status"] == "up"


def rows(server: Redis, kind: type[Redis]) -> list:
    found = []
    with server:
        for title, case in CASES.items():
            server.client().set("text", "text")
            listener, returned = case(server)
            server.client().publish("orders", "end")
            found.append([title, returned, len(heard(listener))])
            listener.close()
        with kind(f"--replicaof 127.0.0.1 {server.port}") as replica:
            wait_until(lambda: linked(replica))
            listener = subscriber(replica.client(), "orders")
            returned = server.client().publish("orders", "one")
            server.client().publish("orders", "end")
            title = "subscribed on a replica, published on the primary"
            found.append([title, returned, len(heard(listener))])
    return found


redis, valkey = rows(Redis(), Redis), rows(Valkey(), Valkey)
assert redis == valkey
table(["Redis 8 and Valkey 9", "PUBLISH or EXEC returned", "received"], *redis)
