# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 90
# ///
"""Writes that a primary acknowledged, then its replica is promoted."""

from concurrent.futures import ThreadPoolExecutor

from redis import Redis as Client
from redis import ResponseError

from acked.lab import table
from acked.services import Proxy, Redis, wait_until

ALWAYS = "--appendonly yes --appendfsync always"
MIN_REPLICAS = "--min-replicas-to-write 1 --min-replicas-max-lag 5"


# --8<-- [start:ways]
def plain(client: Client) -> str:
    return "nothing"


def ask_wait(client: Client) -> str:
    return f"`WAIT`: {client.execute_command('WAIT', 1, 200)}"


def ask_waitaof(client: Client) -> str:
    return f"`WAITAOF`: {client.execute_command('WAITAOF', 1, 1, 200)}"


def write(client: Client, ask) -> tuple[int, int, str]:
    acknowledged = refused = 0
    for number in range(100):
        try:
            acknowledged += client.set(f"order:{number}", "paid")
        except ResponseError as error:
            refused, told = refused + 1, error.args[0].split(".")[0]
    if acknowledged:
        told = ask(client)
    return acknowledged, refused, told


# --8<-- [end:ways]
# --8<-- [start:lose]
def lose(options: str, ask, link_breaks: bool, wait_for_lag: bool):
    with Redis(f"{ALWAYS} {options}") as primary:
        with Proxy(primary.port) as link:
            address = f"127.0.0.1 {link.port}"
            with Redis(f"{ALWAYS} --replicaof {address}") as replica:
                client = primary.client(single_connection_client=True)
                wait_until(lambda: good_replicas(client) == 1)
                if link_breaks:
                    link.hold()
                if wait_for_lag:
                    wait_until(lambda: good_replicas(client) == 0)
                acknowledged, refused, told = write(client, ask)
                primary.kill()
                replica.cli("REPLICAOF", "NO", "ONE")
                there = replica.cli("DBSIZE")
                lost = acknowledged - there
                return acknowledged, refused, told, there, lost


# --8<-- [end:lose]


def good_replicas(client: Client) -> int:
    told = client.info("replication")
    if "min_slaves_good_slaves" in told:
        return told["min_slaves_good_slaves"]
    online = "slave0" in told and told["slave0"]["state"] == "online"
    return int(online)


RUNS = {
    "link up, `WAIT 1` after the last": ("", ask_wait, False, False),
    "link broken": ("", plain, True, False),
    "link broken, `WAIT 1`": ("", ask_wait, True, False),
    "link broken, `WAITAOF 1 1`": ("", ask_waitaof, True, False),
    "min-replicas, just broken": (MIN_REPLICAS, plain, True, False),
    "min-replicas, lag over 5 s": (MIN_REPLICAS, plain, True, True),
}

with ThreadPoolExecutor(len(RUNS)) as pool:
    results = list(pool.map(lambda run: lose(*run), RUNS.values()))
head = ["100 writes", "acknowledged", "refused", "the client is told"]
rows = [[run, *row] for run, row in zip(RUNS, results, strict=True)]
table([*head, "on the new primary", "lost"], *rows)
