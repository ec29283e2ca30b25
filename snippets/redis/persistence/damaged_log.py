# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""1000 SETs in the log, then the log is damaged. Does Redis start?"""

from itertools import product, starmap
from pathlib import Path

from acked.lab import table
from acked.services import Redis, ServiceError


# --8<-- [start:damage]
def cut_the_tail(log: Path) -> None:
    log.write_bytes(log.read_bytes()[:-5])


def spoil_the_middle(log: Path) -> None:
    content = bytearray(log.read_bytes())
    content[content.index(b"*3", len(content) // 2)] = ord("?")
    log.write_bytes(content)


# --8<-- [end:damage]


def start_after(damage, load_truncated: str) -> str:
    options = f"--appendonly yes --aof-load-truncated {load_truncated}"
    with Redis(options) as server:
        client = server.client()
        for number in range(1000):
            client.set(f"order:{number}", "paid")
        server.kill()
        [log] = server.home.glob("appendonlydir/*.incr.aof")
        damage(log)
        try:
            server.start()
        except ServiceError:
            return "refuses to start"
        return f"starts with {server.client().dbsize()} of 1000 keys"


def row(damage, setting: str) -> tuple[str, str, str]:
    what = damage.__name__.replace("_", " ")
    return what, f"`{setting}`", start_after(damage, setting)


table(
    ("damage", "`aof-load-truncated`", "Redis"),
    *starmap(row, product((cut_the_tail, spoil_the_middle), ("yes", "no"))),
)
