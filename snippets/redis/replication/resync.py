# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 60
# ///
"""A replica comes back after a break: the missing part, or everything."""

from concurrent.futures import ThreadPoolExecutor

from acked.lab import table
from acked.services import Proxy, Redis, Valkey, wait_until

BREAKS = [
    (Redis, "", 1),
    (Redis, "", 40),
    (Valkey, "", 40),
    (Redis, "--repl-backlog-size 16mb", 40),
]


def replicas(primary: Redis) -> int:
    told = primary.client().info("replication")
    states = [told[name]["state"] for name in ("slave0",) if name in told]
    return states.count("online")


# --8<-- [start:come_back]
def come_back(kind: type[Redis], options: str, writes: int):
    with kind(options) as primary, Proxy(primary.port) as link:
        with kind(f"--replicaof 127.0.0.1 {link.port}"):
            wait_until(lambda: replicas(primary) == 1)
            before = primary.client().info("stats")
            link.hold()
            link.cut()
            wait_until(lambda: replicas(primary) == 0)
            for number in range(writes):
                primary.client().set(f"picture:{number}", "x" * 100_000)
            link.release()
            wait_until(lambda: replicas(primary) == 1)
            after = primary.client().info("stats")
            backlog = primary.client().config_get("repl-backlog-size")
            partial, full = (
                after[name] - before[name]
                for name in ("sync_partial_ok", "sync_full")
            )
            size = int(*backlog.values()) >> 20
            return [kind.name, f"{size} MB", writes / 10, partial, full]


# --8<-- [end:come_back]

head = ["server", "backlog", "MB written in the break"]
with ThreadPoolExecutor(len(BREAKS)) as pool:
    rows = pool.map(lambda one: come_back(*one), BREAKS)
table([*head, "partial resync", "full resync"], *rows)
