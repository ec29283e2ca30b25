# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""What each user may do beyond its work."""

import redis
import rules

from acked.lab import table
from acked.services import Redis, Valkey

USERS = {
    "celery": [rules.KEYS, rules.CHANNELS, rules.COMMANDS],
    "`+@all -@dangerous`": [rules.NOT_DANGEROUS],
    "the same, keys of Celery": [rules.KEYS, "+@all -@dangerous"],
    "reader": [rules.READER],
}
# --8<-- [start:attempts]
ATTEMPTS = {
    "`LPUSH celery` a task": ["LPUSH", "celery", "{}"],
    "`GET session:ann`": ["GET", "session:ann"],
    "the same in `EVAL`": ["EVAL", "return redis.call('GET', KEYS[1])"]
    + ["1", "session:ann"],
    "`SET session:ann`": ["SET", "session:ann", "logged in"],
    "`SCAN`": ["SCAN", "0"],
    "`KEYS *`": ["KEYS", "*"],
    "`FLUSHDB`": ["FLUSHDB"],
    "`CONFIG GET`": ["CONFIG", "GET", "dir"],
    "`REPLICAOF`": ["REPLICAOF", "127.0.0.1", "1"],
    "`ACL LIST`": ["ACL", "LIST"],
    "`INFO`": ["INFO"],
    "`SHUTDOWN`": ["SHUTDOWN", "NOSAVE"],
}
# --8<-- [end:attempts]


def attempt(client: redis.Redis, command: list[str]) -> str:
    try:
        reply = client.execute_command(*command)
    except redis.ResponseError as error:
        assert "ermission" in str(error) or "key" in str(error), error
        return "no"
    if command[0] == "SCAN" and "session:ann" in reply[1]:
        return "names `session:ann`"
    return "yes"


def may(server_type, rights: list[str]) -> list[str]:
    with server_type() as server:
        admin = server.client()
        admin.set("session:ann", "logged in")
        rules.make(admin, "user", *rights)
        user = server.client(username="user", password="secret", protocol=2)
        return [attempt(user, command) for command in ATTEMPTS.values()]


columns = []
for rights in USERS.values():
    columns.append(may(Redis, rights))
    assert columns[-1] == may(Valkey, rights)
table(["may", *USERS], *zip(ATTEMPTS, *columns, strict=True))
