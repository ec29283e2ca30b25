"""A primary, its replicas and the Sentinels that watch them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from redis import ConnectionError
from redis import Redis as Client

from acked.services import Proxy, Redis, Sentinel, wait_until

# --8<-- [start:settings]
SETTINGS = {"down-after-milliseconds": 2000, "failover-timeout": 5000}
# --8<-- [end:settings]


@dataclass
class Group:
    primary: Redis
    replicas: list[Redis]
    sentinels: list[Sentinel]
    broken: Proxy

    def knows(self, sentinel: Sentinel) -> bool:
        """Whether it has found all others, and all replicas in order."""
        with sentinel.client() as client:
            told = client.sentinel_master("mymaster")
            replicas = client.sentinel_slaves("mymaster")
        others = len(self.sentinels) - 1
        return (
            told["num-other-sentinels"] == others
            and len(replicas) == len(self.replicas)
            and all(r["master-link-status"] == "ok" for r in replicas)
        )

    def replicated(self) -> None:
        """All that the primary has, its replicas have."""
        with self.primary.client(single_connection_client=True) as client:
            client.set("mark", 1)
            assert client.wait(len(self.replicas), 0) == len(self.replicas)

    def cut_off(self) -> None:
        """The network between the primary and its replicas breaks."""
        for replica in self.replicas:
            replica.cli("REPLICAOF", "127.0.0.1", str(self.broken.port))
        told = self.primary.client()
        wait_until(lambda: told.info("replication")["connected_slaves"] == 0)

    def addresses(self) -> list[tuple[str, int]]:
        return [("127.0.0.1", sentinel.port) for sentinel in self.sentinels]

    def now_primary(self) -> Redis:
        """Waits until every living Sentinel names the same replica."""
        wait_until(self._agreed, 90, "the failover")
        return self._agreed()

    def _agreed(self) -> Redis | None:
        living = [s for s in self.sentinels if s.running()]
        ports = {master_port(sentinel) for sentinel in living}
        for replica in self.replicas:
            if ports == {replica.port}:
                return replica
        return None


def master_port(sentinel: Sentinel) -> int:
    told = sentinel.cli("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster")
    return int(told[1])


def role(server: Redis) -> str:
    return server.cli("ROLE")[0]


def settled(server: Redis, keys: int) -> bool:
    """A replica with so many keys; as it becomes one it hangs up on clients."""
    try:
        with server.client() as client:
            return role(server) == "slave" and client.dbsize() == keys
    except ConnectionError:
        return False


@contextmanager
def watched(
    replicas: int = 2,
    sentinels: int = 3,
    quorum: int = 2,
    options: str = "",
    kind: type[Redis] = Redis,
) -> Iterator[Group]:
    with ExitStack() as stack:
        enter = stack.enter_context
        primary = enter(kind(options))
        follow = f"--replicaof 127.0.0.1 {primary.port} {options}"
        group = Group(
            primary,
            [enter(kind(follow)) for _ in range(replicas)],
            [],
            enter(Proxy(primary.port)),
        )
        group.broken.hold()
        told = primary.client()
        wait_until(lambda: online(told) == replicas)
        for _ in range(sentinels):
            one = Sentinel(primary, quorum, SETTINGS)
            group.sentinels.append(enter(one))
        for one in group.sentinels:
            wait_until(lambda one=one: group.knows(one), 60, "the Sentinels")
        yield group


def online(client: Client) -> int:
    told = client.info("replication")
    slaves = [told[f"slave{n}"] for n in range(told["connected_slaves"])]
    return sum(slave["state"] == "online" for slave in slaves)
