# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""RDB and AOF both on, and somebody sends FLUSHALL."""

import shutil

from acked.services import Redis, wait_until


def snapshot(server: Redis) -> None:
    server.client().bgsave()
    wait_until((server.home / "dump.rdb").exists)


def restart(server: Redis, appendonly: str) -> int:
    server.kill()
    server.options = f"--appendonly {appendonly}"
    server.start()
    return server.client().dbsize()


# --8<-- [start:flush]
with Redis("--appendonly yes") as server:
    client = server.client()
    for number in range(1000):
        client.set(f"order:{number}", "paid")
    snapshot(server)
    dump = server.home / "dump.rdb"
    backup = shutil.copy(dump, server.home / "backup.rdb")

    client.flushall()
    print("keys from the log:", restart(server, appendonly="yes"))
    print("keys from dump.rdb:", restart(server, appendonly="no"))
    server.kill()
    shutil.copy(backup, dump)
    print("keys from the copy:", restart(server, appendonly="no"))
# --8<-- [end:flush]
