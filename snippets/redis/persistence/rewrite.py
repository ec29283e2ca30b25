# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""The log grows with the writes, not with the data, until it is rewritten."""

from pathlib import Path

from acked.services import Redis, wait_until


def log_bytes(server: Redis) -> int:
    return server.client().info("persistence")["aof_current_size"]


def rewritten(server: Redis) -> bool:
    told = server.client().info("persistence")
    return told["aof_rewrites"] == 1 and not told["aof_rewrite_in_progress"]


def base_file(server: Redis) -> Path:
    [base] = server.home.glob("appendonlydir/*.base.rdb")
    return base


# --8<-- [start:rewrite]
with Redis("--appendonly yes") as server:
    with server.client().pipeline(transaction=False) as pipeline:
        for _ in range(100_000):
            pipeline.incr("page:views")
        pipeline.execute()
    before = log_bytes(server)

    server.client().bgrewriteaof()
    wait_until(lambda: rewritten(server))
    # --8<-- [end:rewrite]
    after = log_bytes(server)
    print("keys:", server.client().dbsize())
    print("the log shrank more than 1000 x:", before > 1000 * after)
    print("new base file begins with:", base_file(server).read_bytes()[:5])
    server.kill()
    server.start()
    print("views after SIGKILL:", server.client().get("page:views"))
