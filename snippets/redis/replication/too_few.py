# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 180
# ///
"""How many Sentinels must live for a failover: quorum and majority."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from group import role, watched
from redis import ResponseError

from acked.lab import table
from acked.services import Sentinel, wait_until

SETUPS = [(3, 2, 2), (3, 1, 2), (3, 1, 1), (2, 1, 1)]
all_others_done = Barrier(len(SETUPS))


def check(sentinel: Sentinel) -> str:
    try:
        sentinel.cli("SENTINEL", "CKQUORUM", "mymaster")
    except ResponseError as error:
        return error.args[0].split()[0]
    return "OK"


# --8<-- [start:few]
def few(sentinels: int, living: int, quorum: int) -> list[object]:
    with watched(1, sentinels, quorum) as group:
        for sentinel in group.sentinels[living:]:
            sentinel.kill()
        one = group.sentinels[0]
        group.primary.kill()
        wait_until(lambda: "+sdown master" in one.log(), 60)
        if living == 2:
            group.now_primary()
        elif quorum == 1:
            wait_until(lambda: "-failover-abort-not" in one.log(), 60)
        all_others_done.wait(120)
        return [
            sentinels,
            living,
            quorum,
            check(one),
            any("+odown master" in s.log() for s in group.sentinels[:living]),
            role(group.replicas[0]),
        ]


# --8<-- [end:few]

with ThreadPoolExecutor(len(SETUPS)) as pool:
    rows = list(pool.map(lambda setup: few(*setup), SETUPS))
head = ["Sentinels", "living", "quorum", "`SENTINEL CKQUORUM`"]
table([*head, "`+odown`", "the replica's role"], *rows)
