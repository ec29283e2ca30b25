# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""A script without an end: what others see, and how to get rid of it."""

from threading import Thread

from clients import client_of, error

from acked.lab import table
from acked.services import Redis, Valkey, wait_until

# --8<-- [start:scripts]
READS = """
redis.call('GET', 'order')
while true do end
"""
WRITES = """
redis.call('SET', 'order', 'half done')
while true do end
"""
# --8<-- [end:scripts]


# --8<-- [start:end]
def run(server: Redis, script: str) -> list:
    endless, other = client_of(server), client_of(server)
    other.set("order", "open")
    running = Thread(target=error, args=(endless.eval, script, 0))
    running.start()
    wait_until(lambda: error(other.ping) != "OK")
    seen = [error(other.ping), error(other.shutdown), error(other.script_kill)]
    if seen[-1] == "OK":
        running.join()
    seen.append(error(other.ping))
    error(other.execute_command, "SHUTDOWN", "NOSAVE")
    wait_until(lambda: not server.main_processes())
    seen.append("ends")
    running.join()
    server.kill()
    server.start()
    return [first_word(one) for one in seen] + [server.client().get("order")]


# --8<-- [end:end]


def first_word(text: str) -> str:
    return text.split()[0]


OPTIONS = "--appendonly yes --busy-reply-threshold 100"


def both(kind: type[Redis]) -> list:
    columns = []
    for script in READS, WRITES:
        with kind(OPTIONS) as server:
            columns.append(run(server, script))
    return columns


with Redis() as server:
    told = server.client().config_get("busy-reply-threshold")
    assert told == {"busy-reply-threshold": "5000"}
redis, valkey = both(Redis), both(Valkey)
assert redis == valkey
STEPS = [
    "PING of another client",
    "then SHUTDOWN",
    "then SCRIPT KILL",
    "then PING",
    "then SHUTDOWN NOSAVE: the server",
    "`order` after a restart, with AOF",
]
table(
    ["Redis 8 and Valkey 9", "the script only reads", "the script has written"],
    ["default `busy-reply-threshold`, ms", *told.values(), *told.values()],
    *zip(STEPS, *redis, strict=True),
)
