# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""What a snapshot costs in memory: the pages written to meanwhile."""

from acked.services import Redis, wait_until

KEYS = 100_000
SLOW_DISK = "--save '' --rdb-key-save-delay 300"  # microseconds a key


def write_every_key(server: Redis) -> None:
    client = server.client()
    for first in range(0, KEYS, 10_000):
        with client.pipeline(transaction=False) as pipeline:
            for number in range(first, first + 10_000):
                pipeline.setrange(f"order:{number}", 0, "x" * 300)
            pipeline.execute()


def child_has_reported(server: Redis) -> bool:
    return server.client().info("persistence")["current_cow_peak"] > 0


# --8<-- [start:copied]
def copied(server: Redis) -> float:
    """Memory that exists twice, as a part of all that Redis uses."""
    told = server.client().info()
    return told["current_cow_peak"] / told["used_memory"]


with Redis(SLOW_DISK) as server:
    write_every_key(server)
    server.client().bgsave()
    wait_until(lambda: child_has_reported(server))
    print("nobody writes, less than a tenth is copied:", copied(server) < 0.1)
    write_every_key(server)
    wait_until(lambda: copied(server) > 0.5)
    print("every key written, more than half is copied:", copied(server) > 0.5)
    # --8<-- [end:copied]
    told = server.client().info("persistence")
    assert told["rdb_bgsave_in_progress"] == 1
