# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 180
# ///
"""A primary stands still, is replaced, and goes on."""

from concurrent.futures import ThreadPoolExecutor

from group import Group, role, watched
from redis import ResponseError

from acked.lab import table
from acked.services import Redis, wait_until

LIMIT = "--min-replicas-to-write 1 --min-replicas-max-lag 10"


def write(server: Redis, first: int) -> int:
    """100 writes; returns how many were acknowledged."""
    acknowledged = 0
    with server.client() as client:
        for number in range(first, first + 100):
            try:
                acknowledged += client.set(f"order:{number}", "paid")
            except ResponseError as error:
                assert "NOREPLICAS" in str(error)
    return acknowledged


def alone(server: Redis) -> bool:
    told = server.client().info("replication")
    return told["role"] == "master" and told["connected_slaves"] == 0


# --8<-- [start:split]
def split(options: str) -> list[object]:
    with watched(options=options) as group:
        old = group.primary
        write(old, 0)
        group.replicated()
        old.freeze()
        new = group.now_primary()
        old.thaw()
        wait_until(lambda: alone(old))
        by_old = write(old, 100)
        wait_until(lambda: two_on(new, group), 60)
        by_new = write(new, 200)
        there = new.client().exists(*keys(100))
        return [by_old, by_new, role(old), by_old - there]


# --8<-- [end:split]


def keys(first: int) -> list[str]:
    return [f"order:{number}" for number in range(first, first + 100)]


def two_on(new: Redis, group: Group) -> bool:
    """Both others, the old primary as well, replicate from the new one."""
    return new.client().info("replication")["connected_slaves"] == 2


with ThreadPoolExecutor(2) as pool:
    results = pool.map(split, ["", LIMIT])
names = ["default", "`min-replicas-to-write 1`"]
rows = [[name, *row] for name, row in zip(names, results, strict=True)]
head = ["setting", "old primary acknowledges", "new primary acknowledges"]
table([*head, "old primary becomes", "acknowledged and lost"], *rows)
