# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""Where users are kept over a restart."""

from contextlib import suppress

import redis

from acked.lab import table
from acked.services import Redis, ServiceError, Valkey

SHOP = "user shop on >secret ~* +@all\n"


def restart_with(server: Redis, **files: str) -> None:
    server.kill()
    for name, text in files.items():
        (server.home / f"{name}.conf").write_text(text)
    server.options = f"--include {server.home}/main.conf"
    with suppress(ServiceError):
        server.start()


def outcome(server: Redis) -> str:
    if not server.main_processes():
        return "does not start"
    users = server.client().acl_users()
    return "there" if "shop" in users else "lost"


def save_by(server: Redis, *command: str) -> str:
    try:
        server.cli(*command)
    except redis.ResponseError:
        return f"`{' '.join(command)}` refused"
    server.kill()
    server.start()
    return outcome(server)


def asks_for_it(server: Redis) -> str:
    """Of the default user, which has no name to give."""
    try:
        redis.Redis(port=server.port, protocol=2).set("key", "value")
    except redis.AuthenticationError:
        return f"{outcome(server)}; the default user is shut out"
    return f"{outcome(server)}; the default user needs no password"


# --8<-- [start:places]
def places(server_type) -> dict[str, str]:
    told = {}
    with server_type() as server:
        server.client().acl_setuser("shop", enabled=True, reset=True)
        server.restart()
        told["only `ACL SETUSER`"] = outcome(server)
        told["`ACL SAVE` without `aclfile`"] = save_by(server, "ACL", "SAVE")
        restart_with(server, main=SHOP)
        told["`user` line in the configuration"] = outcome(server)
        acl = f"aclfile {server.home}/users.conf\n"
        restart_with(server, main=acl, users="")
        server.client().acl_setuser("shop", enabled=True, reset=True)
        told["`aclfile` and `ACL SAVE`"] = save_by(server, "ACL", "SAVE")
        restart_with(server, main=acl + SHOP, users=SHOP)
        told["`aclfile` and a `user` line"] = outcome(server)
        restart_with(server, main=acl + "requirepass secret\n", users=SHOP)
        told["`aclfile`, and `requirepass`"] = asks_for_it(server)
        server.url = f"redis://shop:secret@127.0.0.1:{server.port}/0"
        restart_with(server, main=acl, users=SHOP + "user default off\n")
        told["`aclfile` with `user default off`"] = asks_for_it(server)
    return told


# --8<-- [end:places]

told = places(Redis)
assert told == places(Valkey)
table(["a user kept in", "after a restart"], *told.items())
