# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""Nodes of a cluster die: first one primary, then one with its replica."""

from concurrent.futures import ThreadPoolExecutor

from nodes import cluster, told
from redis import RedisCluster, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException
from redis.retry import Retry

from acked.lab import table
from acked.services import Redis, Valkey, wait_until

KEYS = [f"order:{number}" for number in range(30)]


def state(node: Redis) -> str:
    return told(node, "cluster_state")


def readable(client: RedisCluster) -> int:
    """How many of the 30 keys it gets."""
    found = 0
    for key in KEYS:
        try:
            found += client.get(key) is not None
        except (RedisError, RedisClusterException):
            continue
    return found


def impatient(node: Redis) -> RedisCluster:
    """Without retries: the cluster stays down, each key would wait."""
    retry = Retry(NoBackoff(), 0)
    return RedisCluster(host="127.0.0.1", port=node.port, retry=retry)


def own_key(node: Redis) -> str:
    """What the living node 3 says of a key in one of its slots."""
    try:
        return str(node.cli("GET", "cart"))
    except RedisError as error:
        return f"{type(error).__name__}: {error}"


def copies(nodes: list[Redis]) -> int:
    return sum(node.client().dbsize() for node in nodes)


# --8<-- [start:die]
def die(kind: type[Redis]) -> dict[str, tuple[int, str]]:
    with cluster(replicas=1, kind=kind) as nodes:
        client = RedisCluster(host="127.0.0.1", port=nodes[2].port)
        for key in KEYS:
            client.set(key, "paid")
        client.set("cart", "full")
        wait_until(lambda: copies(nodes[3:]) == len(KEYS) + 1)
        last = nodes[2]
        row = {"all six live": (readable(client), own_key(last))}

        nodes[0].kill()
        replica = nodes[3].client()
        wait_until(lambda: replica.role()[0] == "master", 90)
        living = [nodes[2], nodes[3], nodes[5]]
        wait_until(lambda: all(state(n) == "ok" for n in living), 60)
        promoted = "a primary killed, its replica promoted"
        row[promoted] = readable(client), own_key(last)

        for node in nodes[1], nodes[4]:
            node.kill()
        wait_until(lambda: all(state(n) == "fail" for n in living), 60)
        found = readable(impatient(last))
        row["a second one killed with its replica"] = found, own_key(last)

        for node in living:
            node.cli("CONFIG SET", "cluster-require-full-coverage", "no")
        wait_until(lambda: all(state(n) == "ok" for n in living), 60)
        found = readable(impatient(last))
        row["`cluster-require-full-coverage no`"] = found, own_key(last)
        return row


# --8<-- [end:die]

with ThreadPoolExecutor(2) as pool:
    on_redis, on_valkey = pool.map(die, (Redis, Valkey))
rows = [
    [what, kind, *row[what]]
    for what in on_redis
    for kind, row in (("Redis", on_redis), ("Valkey", on_valkey))
]
head = ["state of the cluster", "server", "keys readable of 30"]
table([*head, "`GET` of a key of node 3, there"], *rows)
