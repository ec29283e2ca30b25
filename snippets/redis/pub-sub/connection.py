# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""What a subscribed connection may do, and what a new user may not."""

from acked.lab import table
from acked.services import Redis, Valkey


def reply(connection, *command) -> str:
    connection.send_command(*command)
    try:
        answer = connection.read_response()
    except Exception as error:
        answer = str(error)
    if isinstance(answer, list):
        return " ".join(str(part) for part in answer)
    return str(answer).split(":")[0]


# --8<-- [start:connection]
def get_while_subscribed(server: Redis, protocol: int) -> str:
    pool = server.client(protocol=protocol).connection_pool
    connection = pool.get_connection()
    connection.send_command("SUBSCRIBE", "orders")
    connection.read_response(push_request=True)
    return reply(connection, "GET", "order")


# --8<-- [end:connection]


# --8<-- [start:acl]
def subscribe_as(server: Redis, *rules: str) -> str:
    admin = server.client()
    admin.execute_command("ACL", "SETUSER", "shop", "reset", "on", *rules)
    user = server.client(username="shop", password="x", protocol=2)
    connection = user.connection_pool.get_connection()
    return reply(connection, "SUBSCRIBE", "orders")


# --8<-- [end:acl]


def both(server: Redis) -> list:
    with server:
        server.client().set("order", "open")
        return [
            get_while_subscribed(server, protocol=2),
            get_while_subscribed(server, protocol=3),
            subscribe_as(server, ">x", "~*", "+@all"),
            subscribe_as(server, ">x", "~*", "+@all", "&orders"),
        ]


redis, valkey = both(Redis()), both(Valkey())
assert redis == valkey
TITLES = [
    "GET on a subscribed connection, RESP2",
    "GET on a subscribed connection, RESP3",
    "SUBSCRIBE, new user with `~* +@all`",
    "SUBSCRIBE, the same user with `&orders`",
]
table(["Redis 8 and Valkey 9", "answer"], *zip(TITLES, redis, strict=True))
