# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 30
# ///
"""Turn AOF on where 1000 keys live in dump.rdb: the two ways, the one trap."""

from pathlib import Path

from acked.services import Redis, wait_until

RDB = Path(__file__).with_name("rdb.conf")


def fill(server: Redis) -> None:
    client = server.client()
    for number in range(1000):
        client.set(f"order:{number}", "paid")


# --8<-- [start:trap]
def edit_the_file_and_restart(server: Redis) -> None:
    server.stop()  # writes dump.rdb
    server.options = "--appendonly yes"
    server.start()


# --8<-- [end:trap]


# --8<-- [start:way]
def turn_it_on_while_it_runs(server: Redis) -> None:
    client = server.client()
    client.config_set("appendonly", "yes")
    wait_until(lambda: log_is_written(client.info("persistence")))
    client.config_rewrite()


def log_is_written(told: dict) -> bool:
    return (
        told["aof_rewrite_in_progress"] == 0
        and told["aof_rewrite_scheduled"] == 0
        and told["aof_last_bgrewrite_status"] == "ok"
    )


# --8<-- [end:way]


def go_back(server: Redis) -> int:
    """Start it without AOF again."""
    server.options = "--appendonly no"
    server.start()
    return server.client().dbsize()


def keys(server: Redis) -> int:
    return server.client().dbsize()


with Redis(config=RDB) as server:
    fill(server)
    turn_it_on_while_it_runs(server)
    server.kill()
    server.config = None
    server.options = f"--include {server.home}/redis.conf"
    server.start()
    print("CONFIG SET, CONFIG REWRITE, SIGKILL, restart:", keys(server))

with Redis() as server:
    fill(server)
    edit_the_file_and_restart(server)
    print("appendonly yes in the file, restart:", keys(server))
    server.kill()
    print("  SIGKILL, appendonly no, restart:", go_back(server))

with Redis() as server:
    fill(server)
    edit_the_file_and_restart(server)
    server.stop()
    print("  or SIGTERM, appendonly no, restart:", go_back(server))
