# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""A save point is due when its time has passed AND its writes were made."""

from acked.services import Redis, wait_until


def write(server: Redis, times: int) -> None:
    for _ in range(times):
        server.client().incr("orders")


def has_snapshot(server: Redis) -> bool:
    return (server.home / "dump.rdb").exists()


# --8<-- [start:due]
with Redis("--save 1 10") as quiet, Redis("--save 1 10") as busy:
    write(quiet, times=9)
    write(busy, times=10)
    wait_until(lambda: has_snapshot(busy))
    print("10 writes, snapshot:", has_snapshot(busy))
    print(" 9 writes, snapshot:", has_snapshot(quiet))
    quiet.kill()
    quiet.start()
    print(" 9 writes, after SIGKILL:", quiet.client().get("orders"))
# --8<-- [end:due]
