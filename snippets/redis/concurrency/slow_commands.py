# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""DEL against UNLINK and KEYS against SCAN, by the server's own clock."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median

from clients import client_of

from acked.lab import table
from acked.services import Redis, Valkey, wait_until

SIZE = 40_000
LAZY = "lazyfree-lazy-user-del"
FILL = """
for i = 1, ARGV[1] do
  redis.call('SADD', KEYS[1], 'member' .. i)
end
"""


def freed_in_background(client) -> int:
    wait_until(lambda: not client.info("memory")["lazyfree_pending_objects"])
    return client.info("memory")["lazyfreed_objects"]


@contextmanager
def logged(client):
    client.config_set("slowlog-max-len", 10_000)
    client.config_set("slowlog-log-slower-than", 0)
    yield
    client.config_set("slowlog-log-slower-than", -1)


# --8<-- [start:slow]
def run(server: Redis) -> dict:
    client = client_of(server)
    background = {}
    for command in "DEL", "UNLINK":
        for _ in range(3):
            client.eval(FILL, 1, "big", SIZE)
            before = freed_in_background(client)
            with logged(client):
                client.execute_command(command, "big")
            background[command] = freed_in_background(client) - before
    with logged(client):
        client.keys("nothing:*")
        list(client.scan_iter("nothing:*", count=100))
    lazy = client.config_get(LAZY)
    return {"background": background, "took": durations(client), **lazy}


# --8<-- [end:slow]


def durations(client) -> dict[str, list[int]]:
    took = {}
    for entry in client.slowlog_get(10_000):
        command = entry["command"].decode().split()[0]
        took.setdefault(command, []).append(entry["duration"])
    return took


def measure(server: Redis) -> dict:
    with server:
        keys = {f"order:{n}": "paid" for n in range(SIZE)}
        client_of(server).mset(keys)
        return run(server)


with ThreadPoolExecutor() as pool:
    both = list(pool.map(measure, [Redis(), Valkey()]))

for server in both:
    assert min(server["took"]["KEYS"]) > 20 * median(server["took"]["SCAN"])
took = both[0]["took"]
assert min(took["DEL"]) > 5 * min(took["UNLINK"])


def background(command: str) -> list[str]:
    return ["yes" if s["background"][command] else "no" for s in both]


table(
    ["", "Redis 8", "Valkey 9"],
    [f"`{LAZY}`", *(server[LAZY] for server in both)],
    ["`DEL`: memory freed in the background", *background("DEL")],
    ["`UNLINK`: memory freed in the background", *background("UNLINK")],
    ["`DEL` holds others up longer than `UNLINK`", "more than 5 x", ""],
    ["`KEYS` than one `SCAN`", "more than 20 x", "more than 20 x"],
)
