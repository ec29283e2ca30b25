# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "kombu", "amqp"]
#
# [tool.acked]
# starts = ["redis", "valkey", "rabbitmq"]
# timeout = 500
# ///
"""One queue on three nodes: where it lies, and what SIGKILL takes."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import wire
from amqp.exceptions import AMQPError
from redis import RedisError
from wire import PERSISTENT, channel_of, declare, publish, redis_of, take_all

from acked.lab import table
from acked.services import RabbitMQ, Redis, Valkey, wait_until

SLOTS = ((0, 5460), (5461, 10922), (10923, 16383))
OPTIONS = "--cluster-enabled yes --cluster-node-timeout 4000"
QUEUES = {"classic": None, "quorum": wire.QUORUM}


def answer(ask):
    """What it returns, or the name of its refusal."""
    try:
        return ask()
    except (RedisError, AMQPError, OSError) as error:
        return f"`{type(error).__name__}`"


def meet(primaries, replica):
    for node, slots in zip(primaries, SLOTS, strict=True):
        node.cli("CLUSTER", "ADDSLOTSRANGE", *map(str, slots))
    everyone = [*primaries, *replica]
    for node in everyone[1:]:
        place = ("127.0.0.1", str(everyone[0].port), str(everyone[0].bus_port))
        node.cli("CLUSTER", "MEET", *place)
    for node in everyone:
        wait_until(lambda node=node: knows(node, len(everyone)), 60)


def knows(node, count):
    info = node.cli("CLUSTER", "INFO")
    told = dict(line.split(":") for line in info.split("\r\n") if line)
    ok = told["cluster_state"] == "ok"
    return ok and told["cluster_known_nodes"] == str(count)


# --8<-- [start:redis]
def on_redis(kind, replicas):
    with ExitStack() as stack:
        nodes = [kind(OPTIONS) for _ in range(3 + replicas)]
        primaries, replica = nodes[:3], nodes[3:]
        for node in nodes:
            stack.enter_context(node)
        meet(primaries, replica)
        home = owner_of("orders", primaries)
        for copy in replica:
            follow(copy, home)
        for node in primaries:
            answer(lambda n=node: redis_of(n.url).lpush("orders", *range(100)))
        accepted = redis_of(home.url).llen("orders")
        redis_of(home.url).wait(replicas, 10000)
        copies = sum(redis_of(node.url).dbsize() for node in nodes)
        home.kill()
        [other, _] = [node for node in primaries if node is not home]
        wait_until(lambda: noticed(other, replica), 60)
        reader = redis_of((replica or [other])[0].url)
        return accepted, copies, answer(lambda: reader.llen("orders"))
# --8<-- [end:redis]


def owner_of(key, primaries):
    slot = primaries[0].cli("CLUSTER", "KEYSLOT", key)
    pairs = zip(primaries, SLOTS, strict=True)
    [home] = [node for node, (low, high) in pairs if low <= slot <= high]
    return home


def follow(copy, home):
    copy.cli("CLUSTER", "REPLICATE", home.cli("CLUSTER", "MYID"))
    link = "master_link_status"
    wait_until(lambda: copy.cli("INFO", "replication").get(link) == "up")


def noticed(other, replica):
    if replica:
        return replica[0].cli("ROLE")[0] == "master"
    return "cluster_state:fail" in other.cli("CLUSTER", "INFO")


# --8<-- [start:rabbitmq]
def on_rabbitmq():
    with ExitStack() as stack:
        home = stack.enter_context(RabbitMQ())
        others = [stack.enter_context(RabbitMQ(join=home)) for _ in range(2)]
        for queue, arguments in QUEUES.items():
            declare(channel_of(home.url), queue, arguments)
        accepted = dict.fromkeys(QUEUES, 0)
        for node in (home, *others):
            for queue in QUEUES:
                publish(channel_of(node.url), queue, *range(100), **PERSISTENT)
                accepted[queue] += 100  # confirmed
        copies = [len(places(home)[queue][1]) for queue in QUEUES]
        home.kill()
        wait_until(lambda: elected(others[0], home), 60)
        left = places(others[0])
        channel = channel_of(others[0].url)
        readable = [
            len(take_all(channel, queue)) if queue in left else "not listed"
            for queue in QUEUES
        ]
        return zip(accepted.values(), copies, readable, strict=True)
# --8<-- [end:rabbitmq]


def places(node):
    """The leader and the members of each queue that the node lists."""
    listing = node.rabbitmqctl(
        "list_queues", "--no-table-headers", "name", "leader", "members"
    )
    found = {}
    for line in listing.splitlines():
        name, leader, members = line.split("\t")
        found[name] = leader, members.split(", ")
    return found


def elected(node, home):
    leader, _ = places(node).get("quorum", ("", ""))
    return leader not in ("", home.node)


def main():
    with ThreadPoolExecutor() as pool:
        rabbitmq = pool.submit(on_rabbitmq)
        for_redis = [
            (pool.submit(on_redis, kind, replicas), replicas)
            for replicas in (0, 1)
            for kind in (Redis, Valkey)
        ]
        rows = []
        for redis, valkey in (for_redis[:2], for_redis[2:]):
            cells = redis[0].result()
            assert cells == valkey[0].result()
            name = "Redis, Valkey: list, 3 primaries"
            rows.append((name + " and a replica" * redis[1], *cells))
        for queue, cells in zip(QUEUES, rabbitmq.result(), strict=True):
            rows.append((f"RabbitMQ: {queue} queue, 3 nodes", *cells))
    table(
        (
            "one queue, 100 messages sent to each of three nodes",
            "accepted",
            "nodes with a copy",
            "readable after SIGKILL of its node",
        ),
        *rows,
    )


if __name__ == "__main__":
    main()
