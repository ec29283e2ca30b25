# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 60
# ///
"""What a value can be: one command for each type, and TYPE of its key."""

from redis import ResponseError

from acked.lab import table
from acked.services import Redis, Valkey

# --8<-- [start:commands]
COMMANDS = {
    "string": "SET k paid",
    "counter": "INCR k",
    "bitmap": "SETBIT k 7 1",
    "HyperLogLog": "PFADD k ann bob",
    "list": "RPUSH k a b",
    "hash": "HSET k state paid",
    "set": "SADD k a b",
    "sorted set": "ZADD k 1 a",
    "geo": "GEOADD k 13.4 52.5 Berlin",
    "stream": "XADD k * state paid",
    "vector set": "VADD k VALUES 2 1 0 a",
    "JSON": "JSON.SET k $ 1",
    "time series": "TS.ADD k * 1",
    "Bloom filter": "BF.ADD k a",
    "search": "FT._LIST",
}
# --8<-- [end:commands]


def type_made(server, command):
    client = server.client()
    client.flushall()
    try:
        client.execute_command(*command.split())
    except ResponseError as refusal:
        assert "unknown command" in str(refusal)
        return "unknown command"
    return f"`{client.type('k')}`"


with Redis() as redis, Valkey() as valkey:
    rows = []
    for what, command in COMMANDS.items():
        answers = [type_made(server, command) for server in (redis, valkey)]
        rows.append((what, f"`{command}`", *answers))
table(("type", "command", "Redis 8.0", "Valkey 9"), *rows)
