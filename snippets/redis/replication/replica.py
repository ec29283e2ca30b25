# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 60
# ///
"""What a replica does, and what it does not do when its primary dies."""

from redis import ReadOnlyError

from acked.lab import table
from acked.services import Redis, Valkey, wait_until


def link(replica: Redis) -> str:
    return replica.client().info("replication")["master_link_status"]


# --8<-- [start:replica]
def facts(kind: type[Redis]) -> dict[str, object]:
    with kind() as primary:
        address = f"127.0.0.1 {primary.port}"
        with kind(f"--replicaof {address}") as replica:
            wait_until(lambda: link(replica) == "up")
            with primary.client(single_connection_client=True) as client:
                client.set("stock", 5)
                client.wait(1, 0)
            told = {"`GET` on the replica": replica.cli("GET", "stock")}
            try:
                replica.cli("SET", "stock", "4")
            except ReadOnlyError as error:
                told["`SET` on the replica"] = error.args[0]
            told["its role"] = replica.cli("ROLE")[0]
            primary.kill()
            wait_until(lambda: link(replica) == "down")
            told["after SIGKILL of the primary"] = replica.cli("ROLE")[0]
            told["`GET` on the replica then"] = replica.cli("GET", "stock")
            replica.cli("REPLICAOF", "NO", "ONE")
            told["after `REPLICAOF NO ONE`"] = replica.cli("ROLE")[0]
            told["`SET` on it now"] = replica.cli("SET", "stock", "4")
            return told


# --8<-- [end:replica]

on_redis, on_valkey = facts(Redis), facts(Valkey)
rows = [[what, on_redis[what], on_valkey[what]] for what in on_redis]
table(["", "Redis", "Valkey"], *rows)
