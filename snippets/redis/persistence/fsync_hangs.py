# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8"]
# timeout = 60
# ///
"""AOF with everysec on a disk that hangs, and SIGKILL of Redis alone.

The hanging disk is played by stopping one thread of Redis: the one that calls
fsync in the background. Linux only.
"""

import ctypes
import os
import signal
from itertools import count
from pathlib import Path

from acked.services import Redis

PTRACE_SEIZE, PTRACE_INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000


def stop_fsync_thread(server: Redis) -> int:
    threads = Path(f"/proc/{server.pid}/task").iterdir()
    named = {(t / "comm").read_text().strip(): int(t.name) for t in threads}
    thread = named["bio_aof"]
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = [ctypes.c_long] * 4
    for request in PTRACE_SEIZE, PTRACE_INTERRUPT:
        if ptrace(request, thread, 0, 0):
            raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(thread, WALL)
    return thread


def kill(server: Redis, thread: int) -> None:
    os.kill(server.pid, signal.SIGKILL)
    os.waitpid(thread, WALL)
    assert server.process
    server.process.wait(10)
    server.kill()


# --8<-- [start:hang]
with Redis("--appendonly yes --appendfsync everysec") as server:
    thread = stop_fsync_thread(server)
    client = server.client()
    acknowledged = []
    for number in count():
        client.set(f"order:{number}", "paid")
        acknowledged.append(f"order:{number}")
        told = client.info("persistence")
        if told["aof_delayed_fsync"] and told["aof_buffer_length"] > 5000:
            break
    kill(server, thread)
    server.start()
    there = server.client().exists(*acknowledged)
# --8<-- [end:hang]

print("fsync under way:", told["aof_pending_bio_fsync"] == 1)
print("aof_delayed_fsync has risen:", told["aof_delayed_fsync"] > 0)
print("acknowledged and lost, more than 100:", len(acknowledged) - there > 100)
