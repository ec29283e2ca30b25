# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""The popular rename-command lines: what is closed, what stays open."""

import redis

from acked.lab import table
from acked.services import Redis, Valkey, wait_until

# --8<-- [start:popular]
POPULAR = """
rename-command FLUSHALL ""
rename-command CONFIG ""
"""
# --8<-- [end:popular]

# --8<-- [start:attempts]
ATTEMPTS = {
    "`FLUSHALL`": ["FLUSHALL"],
    "`CONFIG GET`": ["CONFIG", "GET", "dir"],
    "`EVAL`: `FLUSHALL`": ["EVAL", "return redis.call('FLUSHALL')", "0"],
    "`FLUSHDB`": ["FLUSHDB"],
    "`EVAL`: `FLUSHDB`": ["EVAL", "return redis.call('FLUSHDB')", "0"],
    "`ACL SETUSER`": ["ACL", "SETUSER", "mallory", "on", "nopass", "+@all"],
    "`REPLICAOF`": ["REPLICAOF", "127.0.0.1", "1"],
    "`SHUTDOWN`": ["SHUTDOWN", "NOSAVE"],
}
# --8<-- [end:attempts]


def attempt(client: redis.Redis, command: list[str]) -> str:
    try:
        client.execute_command(*command)
    except redis.ResponseError as error:
        assert "unknown" in str(error).lower()
        return "unknown"
    except redis.ConnectionError:
        return "done"
    return "done"


def try_all(server_type) -> dict[str, str]:
    with server_type() as server:
        server.kill()
        config = server.home / "popular.conf"
        config.write_text(POPULAR)
        server.options = f"--include {config}"
        server.start()
        client = server.client()
        told = {name: attempt(client, c) for name, c in ATTEMPTS.items()}
        wait_until(lambda: not server.main_processes(), what="SHUTDOWN")
        return told


tried = try_all(Redis)
assert tried == try_all(Valkey)
table(["command", "with the two lines"], *tried.items())
