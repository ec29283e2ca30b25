# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""Turn AOF on where 1000 keys live in dump.rdb: the way and the trap."""

from pathlib import Path

from acked.services import Redis, wait_until

RDB = Path(__file__).with_name("rdb.conf")


def fill(server: Redis) -> None:
    client = server.client()
    for number in range(1000):
        client.set(f"order:{number}", "paid")


# --8<-- [start:trap]
def edit_and_restart(server: Redis) -> None:
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


def keys(server: Redis) -> str:
    return f"{server.client().dbsize():4} of 1000"


def go_back(server: Redis) -> str:
    server.options = "--appendonly no"
    server.start()
    return keys(server)


with Redis(config=RDB) as server:
    fill(server)
    turn_it_on_while_it_runs(server)
    server.kill()
    server.config = None
    server.options = f"--include {server.home}/redis.conf"
    server.start()
    assert server.client().config_get("appendonly") == {"appendonly": "yes"}
    print("CONFIG SET, CONFIG REWRITE, SIGKILL, restart:", keys(server))

with Redis() as server:
    fill(server)
    edit_and_restart(server)
    print("appendonly yes in the configuration, restart:", keys(server))
    server.kill()
    print("  then SIGKILL, back to appendonly no:       ", go_back(server))

with Redis() as server:
    fill(server)
    edit_and_restart(server)
    server.stop()
    print("  or SIGTERM, back to appendonly no:         ", go_back(server))
