# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""A crash between two snapshots, on a clock."""

from time import monotonic

from acked.services import Redis, wait_until

began = monotonic()


def note(lane: str, mark: str, text: str) -> None:
    print(f"{monotonic() - began:.2f}  {lane}  {mark}  {text}")


def write(server: Redis, first: int, last: int) -> None:
    note("client", "+", f"writes {first} to {last}")
    with server.client() as client:
        for number in range(first, last + 1):
            client.set(f"order:{number}", "paid")
    note("client", "-", f"{last} acknowledged")


def snapshot(server: Redis) -> None:
    note("snapshot", "+", "BGSAVE")
    server.client().bgsave()
    wait_until((server.home / "dump.rdb").exists)
    note("snapshot", "-", "dump.rdb complete")


# --8<-- [start:gap]
with Redis() as server:
    note("server", "+", "default save points")
    write(server, 1, 1000)
    snapshot(server)
    write(server, 1001, 2000)
    server.kill()
    note("server", "x", "SIGKILL")
    server.start()
    note("server", "+", "loads dump.rdb")
    note("server", ".", f"{server.client().dbsize()} of 2000 there")
    note("server", "-", "end")
# --8<-- [end:gap]
