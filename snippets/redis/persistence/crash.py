# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""Which acknowledged writes are there after a crash under load.

Seven ways to persist, each ended once by SIGKILL and once by SIGTERM.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Thread

from redis import ConnectionError
from redis.backoff import NoBackoff
from redis.retry import Retry

from acked.lab import table
from acked.services import Redis, wait_until

WAYS = {
    'nothing: `save ""`': "--save ''",
    "RDB, the default save points": "",
    "RDB, `save 1 1`": "--save 1 1",
    "AOF, `appendfsync no`": "--save '' --appendonly yes --appendfsync no",
    "AOF, `appendfsync everysec`": "--save '' --appendonly yes",
    "AOF, `appendfsync always`": (
        "--save '' --appendonly yes --appendfsync always"
    ),
    "both, AOF with `everysec`": "--appendonly yes",
}


def write_until_it_dies(server: Redis, writer: int, acknowledged: list[str]):
    client = server.client(retry=Retry(NoBackoff(), 0))
    for number in count():
        key = f"order:{writer}:{number}"
        try:
            client.set(key, "paid")
        except ConnectionError:
            return
        acknowledged.append(key)


def wait_for_load(server: Redis, acknowledged: list[str], options: str):
    """A thousand writes; after the first snapshot, if one is due soon."""
    if options == "--save 1 1":
        wait_until((server.home / "dump.rdb").exists)
    so_far = len(acknowledged)
    wait_until(lambda: len(acknowledged) >= so_far + 1000)


# --8<-- [start:crash]
def crash(options: str, end) -> str:
    with Redis(options) as server:
        acknowledged: list[str] = []
        writers = [
            Thread(target=write_until_it_dies, args=(server, n, acknowledged))
            for n in range(2)
        ]
        for writer in writers:
            writer.start()
        wait_for_load(server, acknowledged, options)
        end(server)
        for writer in writers:
            writer.join()
        server.start()
        there = server.client().exists(*acknowledged)
        return verdict(len(acknowledged), there)


# --8<-- [end:crash]


def verdict(acknowledged: int, there: int) -> str:
    if there == acknowledged:
        return "all"
    return "some lost" if there else "none"


with ThreadPoolExecutor(4) as pool:
    killed = pool.map(lambda way: crash(way, Redis.kill), WAYS.values())
    stopped = pool.map(lambda way: crash(way, Redis.stop), WAYS.values())

table(
    ("persistence", "there after SIGKILL", "there after SIGTERM"),
    *zip(WAYS, killed, stopped, strict=True),
)
