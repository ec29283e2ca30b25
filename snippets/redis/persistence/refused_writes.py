# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""Snapshots begin to fail. Who is refused, and what still works?"""

import os
import signal

from redis import ResponseError

from acked.lab import table
from acked.services import Redis, wait_until

SETTINGS = {
    "the default": "",
    "`stop-writes-on-bgsave-error no`": "--stop-writes-on-bgsave-error no",
    "no save points": "--save ''",
}
COMMANDS = ["GET order", "SET order 2", "DEL order", "LPUSH celery task"]
COMMANDS += ["BRPOP celery 1", "PING"]


def snapshot(server: Redis) -> str:
    """The status of a snapshot, `ok` or `err`, when it has ended."""
    server.client().bgsave()
    wait_until(lambda: ended(server.client().info("persistence")))
    return server.client().info("persistence")["rdb_last_bgsave_status"]


def ended(told: dict) -> bool:
    return told["rdb_bgsave_in_progress"] == 0


# --8<-- [start:fail]
def let_snapshots_fail(server: Redis) -> None:
    server.client().lpush("celery", "task")
    (server.home / "dump.rdb").mkdir()  # a file cannot take its place
    assert snapshot(server) == "err"


def reply(server: Redis, command: str) -> str:
    try:
        server.client().execute_command(*command.split())
    except ResponseError as refusal:
        return str(refusal).split()[0]
    return "works"


# --8<-- [end:fail]


def reply_to_sigterm(server: Redis) -> str:
    os.kill(server.pid, signal.SIGTERM)
    wait_until(lambda: "can't exit" in server.log() or not server.running())
    return "stays up" if server.running() else "exits"


def column(options: str) -> list[str]:
    with Redis(options) as server:
        let_snapshots_fail(server)
        replies = [reply(server, command) for command in COMMANDS]
        replies.append(reply_to_sigterm(server))
        return replies


def after_repair(options: str) -> str:
    with Redis(options) as server:
        let_snapshots_fail(server)
        (server.home / "dump.rdb").rmdir()
        assert snapshot(server) == "ok"
        return reply(server, "SET order 3")


names = [f"`{command}`" for command in (*COMMANDS, "SIGTERM")]
names.append("`SET order 3`, snapshot repaired")
columns = [
    [*column(options), after_repair(options)] for options in SETTINGS.values()
]
table(["snapshots fail", *SETTINGS], *zip(names, *columns, strict=True))
