# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 90
# ///
"""The same commands on a Redis alone and in Redis Cluster."""

from redis import ResponseError

from acked.lab import table
from acked.services import Redis, Valkey, free_port, wait_until

# --8<-- [start:commands]
COMMANDS = [
    "SET stock:1 5",
    "MSET stock:1 5 stock:2 7",
    "MSET {stock}:1 5 {stock}:2 7",
    "SINTER berlin paid",
    "SELECT 1",
]
# --8<-- [end:commands]


def answer(server, command):
    try:
        server.cli(*command.split())
    except ResponseError as refusal:
        return f"`{refusal}`"
    return "works"


def in_a_cluster(kind):
    """The answers of a cluster's only member."""
    options = f"--cluster-enabled yes --cluster-port {free_port()}"
    with kind(options) as member:
        member.cli("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        client = member.client()
        wait_until(lambda: client.cluster("INFO")["cluster_state"] == "ok")
        return [answer(member, command) for command in COMMANDS]


with Redis() as alone:
    one = [answer(alone, command) for command in COMMANDS]
names = [f"`{command}`" for command in COMMANDS]
head = "command", "one Redis", "in Redis Cluster", "in a Valkey cluster"
rows = zip(names, one, in_a_cluster(Redis), in_a_cluster(Valkey), strict=True)
table(head, *rows)
