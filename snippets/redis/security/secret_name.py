# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""A command with a secret name, in the log and on a replica."""

from acked.services import Redis, ServiceError, Valkey, wait_until

RENAMED = "--rename-command FLUSHALL wipe-8f3a"
# A replica gets its copy without the usual wait for others.
AT_ONCE = "--repl-diskless-sync-delay 0"


# --8<-- [start:replica]
def on_a_replica(server_type) -> list[list[str]]:
    with (
        server_type(f"{RENAMED} {AT_ONCE}") as primary,
        server_type(f"--replicaof 127.0.0.1 {primary.port}") as replica,
    ):
        primary.cli("SET", "old", "1")
        wait_until(lambda: replica.client().exists("old"))
        primary.cli("wipe-8f3a")
        primary.cli("SET", "new", "1")
        wait_until(lambda: replica.client().exists("new"))
        return [sorted(s.client().keys()) for s in (primary, replica)]


# --8<-- [end:replica]


# --8<-- [start:log]
def in_the_log(server_type) -> str:
    with server_type(f"{RENAMED} --appendonly yes") as server:
        server.cli("SET", "old", "1")
        server.cli("wipe-8f3a")
        server.kill()
        server.options = "--appendonly yes"
        return last_words(server)


# --8<-- [end:log]


def last_words(server: Redis) -> str:
    try:
        server.start()
    except ServiceError as error:
        return str(error).rpartition(" # ")[2].partition(" appendonly")[0]
    raise AssertionError("it started")


for server_type in Redis, Valkey:
    primary, replica = on_a_replica(server_type)
    print(f"{server_type.__name__}: primary {primary}, replica {replica}")
    print(f"  start without the renaming: {in_the_log(server_type)}")
