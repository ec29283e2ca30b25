# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 90
# ///
"""Slots, redirects and several keys, on a cluster of three primaries."""

from nodes import cluster
from redis import RedisCluster, RedisError
from redis.exceptions import RedisClusterException

from acked.lab import table


def attempt(send, *command: str) -> str:
    try:
        return f"{send(*command)}"
    except (RedisError, RedisClusterException) as error:
        name = type(error).__name__
        return f"{name}: {error}".replace(port, "`port of node 3`")


with cluster(replicas=0) as nodes:
    port = f"127.0.0.1:{nodes[2].port}"
    # --8<-- [start:keys]
    plain = nodes[0].client()
    routed = RedisCluster(
        host="127.0.0.1", port=nodes[0].port, decode_responses=True
    )
    commands = [
        ("CLUSTER KEYSLOT", "cart"),
        ("CLUSTER KEYSLOT", "stock"),
        ("SET", "cart", "1"),
        ("SET", "stock", "1"),
        ("DEL", "cart", "stock"),
        ("MSET", "cart", "1", "stock", "1"),
        ("MSET", "{shop}cart", "1", "{shop}stock", "1"),
    ]
    rows = []
    for one in commands:
        both = (attempt(c.execute_command, *one) for c in (plain, routed))
        rows.append([f"`{' '.join(one)}`", *both])
    both = (attempt(c.delete, "cart", "stock") for c in (plain, routed))
    rows.append(["the method `delete('cart', 'stock')`", *both])
    # --8<-- [end:keys]
table(["command", "`Redis`, on node 1", "`RedisCluster`"], *rows)
