"""A cluster of three primaries, each with as many replicas as asked for."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from acked.services import Redis, wait_until

RANGES = [("0", "5460"), ("5461", "10922"), ("10923", "16383")]
TIMEOUT = 3000


def told(node: Redis, name: str) -> str:
    with node.client() as client:
        return str(client.cluster("INFO")[name])


def node_id(node: Redis) -> str:
    with node.client() as client:
        return client.cluster("MYID")


def peers(node: Redis) -> int:
    """How many nodes it knows and has shaken hands with."""
    with node.client() as client:
        nodes = client.cluster("NODES")
    return sum("handshake" not in about["flags"] for about in nodes.values())


@contextmanager
def cluster(replicas: int, kind: type[Redis] = Redis) -> Iterator[list[Redis]]:
    """The nodes: first the three primaries, then their replicas in turn."""
    options = f"--cluster-enabled yes --cluster-node-timeout {TIMEOUT}"
    with ExitStack() as stack:
        count = 3 + 3 * replicas
        nodes = [stack.enter_context(kind(options)) for _ in range(count)]
        for node, slots in zip(nodes[:3], RANGES, strict=True):
            node.cli("CLUSTER ADDSLOTSRANGE", *slots)
        for node in nodes[1:]:
            address = "127.0.0.1", str(node.port), str(node.bus_port)
            nodes[0].cli("CLUSTER MEET", *address)
        wait_until(lambda: all(peers(n) == count for n in nodes), 60, "MEET")
        ids = [node_id(node) for node in nodes[:3]]
        for number, node in enumerate(nodes[3:]):
            # It must have heard that this one is a primary with slots.
            wait_until(lambda node=node: told(node, "cluster_state") == "ok")
            node.cli("CLUSTER REPLICATE", ids[number % 3])
        wait_until(lambda: all(linked(n, replicas) for n in nodes), 60)
        yield nodes


def linked(node: Redis, replicas: int) -> bool:
    with node.client() as client:
        about = client.info("replication")
    if about["role"] == "master":
        return (
            about["connected_slaves"] == replicas
            and told(node, "cluster_state") == "ok"
        )
    return about["master_link_status"] == "up"
