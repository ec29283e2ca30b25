# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=7.2"]
# timeout = 60
# ///
"""Is a write on the disk when Redis acknowledges it? WAITAOF knows."""

from acked.lab import table
from acked.services import Redis

WRITES = 1000


# --8<-- [start:count]
def on_disk_when_acknowledged(server: Redis) -> int:
    client = server.client()
    on_disk = 0
    for number in range(WRITES):
        client.set(f"order:{number}", "paid")
        with client.pipeline() as transaction:  # in MULTI it does not wait
            transaction.waitaof(num_local=1, num_replicas=0, timeout=0)
            [(fsynced_here, _replicas)] = transaction.execute()
        on_disk += fsynced_here
    return on_disk


# --8<-- [end:count]


# --8<-- [start:wait]
def on_disk_after_waiting(server: Redis) -> bool:
    client = server.client()
    client.set("order:last", "paid")
    fsynced_here, _replicas = client.waitaof(1, 0, timeout=4000)
    return fsynced_here == 1


# --8<-- [end:wait]


def in_words(on_disk: int) -> str:
    return "all 1000" if on_disk == WRITES else "not all"


def row(policy: str) -> tuple[str, str, str]:
    with Redis(f"--appendonly yes --appendfsync {policy}") as server:
        at_once = in_words(on_disk_when_acknowledged(server))
        later = "fsynced" if on_disk_after_waiting(server) else "not fsynced"
    return f"`{policy}`", at_once, later


table(
    ("appendfsync", "fsynced when acknowledged", "after WAITAOF, 4 s"),
    *map(row, ("always", "everysec", "no")),
)
