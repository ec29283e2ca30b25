# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""A password set on a server in use: who is still connected, who is not."""

import redis

from acked.services import Redis, Valkey, wait_until

# A replica gets its copy without the usual wait for others.
AT_ONCE = "--repl-diskless-sync-delay 0"


# --8<-- [start:live]
def set_live(server_type) -> list[str]:
    told = []
    with (
        server_type(AT_ONCE) as server,
        server_type(f"--replicaof 127.0.0.1 {server.port}") as replica,
    ):
        wait_until(lambda: link(replica) == "up")
        old, admin = server.client(), server.client()
        old.ping()
        admin.config_set("requirepass", "MySecurePass")
        told.append(f"new connection:         {ping(server.client())}")
        told.append(f"connection from before: {ping(old)}")
        admin.client_kill_filter(_type="normal", skipme=True)
        told.append(f"after CLIENT KILL:      {ping(old)}")
        told.append(f"replica's link:         {link(replica)}")
        admin.client_kill_filter(_type="replica")
        wait_until(lambda: link(replica) == "down")
        told.append(f"  after a disconnect:   {link(replica)}")
        replica.client().config_set("masterauth", "MySecurePass")
        wait_until(lambda: link(replica) == "up")
        told.append(f"  with masterauth:      {link(replica)}")
    return told


# --8<-- [end:live]


def ping(client: redis.Redis) -> str:
    try:
        return "PONG" if client.ping() else "nothing"
    except redis.AuthenticationError:
        return "NOAUTH"


def link(replica: Redis) -> str:
    return replica.client().info("replication")["master_link_status"]


told = set_live(Redis)
assert told == set_live(Valkey)
print(*told, sep="\n")
