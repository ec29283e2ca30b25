# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 60
# ///
"""A primary dies and is restarted at once; its replica follows it."""

from concurrent.futures import ThreadPoolExecutor

from acked.lab import table
from acked.services import Redis, Valkey, wait_until


def link(replica: Redis) -> str:
    return replica.client().info("replication")["master_link_status"]


# --8<-- [start:restart]
def restart(kind: type[Redis], options: str) -> list[object]:
    with kind(options) as primary:
        address = f"127.0.0.1 {primary.port}"
        with kind(f"--save '' --replicaof {address}") as replica:
            wait_until(lambda: link(replica) == "up")
            with primary.client(single_connection_client=True) as client:
                for number in range(1000):
                    client.set(f"order:{number}", "paid")
                client.wait(1, 0)
            before = replica.cli("DBSIZE")
            primary.kill()
            wait_until(lambda: link(replica) == "down")
            primary.start()
            wait_until(lambda: link(replica) == "up")
            return [before, primary.cli("DBSIZE"), replica.cli("DBSIZE")]


# --8<-- [end:restart]

CASES = [
    (kind, options)
    for kind in (Redis, Valkey)
    for options in ("--save ''", "--appendonly yes")
]
with ThreadPoolExecutor(len(CASES)) as pool:
    results = pool.map(lambda case: restart(*case), CASES)
rows = [
    [kind.name, f"`{options[2:]}`", *row]
    for (kind, options), row in zip(CASES, results, strict=True)
]
head = ["server", "primary", "replica before", "primary after"]
table([*head, "replica after"], *rows)
