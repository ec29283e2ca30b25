# /// script
# requires-python = ">=3.12"
# dependencies = ["psutil", "redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""No maxmemory: what the machine has is the limit."""

import resource

import psutil
from redis import ConnectionError

from acked.lab import table
from acked.services import Redis, Valkey, wait_until

HEADROOM = 60 * 1024 * 1024
LETTER = "x" * 100_000


def setting(server, name):
    return server.client().config_get(name)[name]


# --8<-- [start:limit]
def write_until_it_breaks(server):
    """The number of acknowledged writes."""
    process = psutil.Process(server.pid)
    limit = process.memory_info().vms + HEADROOM
    process.rlimit(resource.RLIMIT_AS, (limit, limit))
    client = server.client(retry=None)
    acknowledged = 0
    try:
        while True:
            client.set(f"letter:{acknowledged}", LETTER)
            acknowledged += 1
    except ConnectionError:
        return acknowledged


# --8<-- [end:limit]


def row(server_type):
    with server_type() as server:
        bits = server.client().info("server")["arch_bits"]
        settings = [setting(server, name) for name in NAMES]
        acknowledged = write_until_it_breaks(server)
        assert acknowledged > 200
        wait_until(lambda: not server.running())
        assert "Out Of Memory allocating" in server.log()
        server.kill()
        server.start()
        kept = server.client().dbsize()
    name = f"{server_type.__name__}, {bits} bits"
    return [name, *settings, "more than 200", "crashed", kept]


NAMES = ["maxmemory", "maxmemory-policy"]
titles = ["", *[f"`{name}`" for name in NAMES]]
titles += ["writes acknowledged", "then", "keys after a restart"]
table(titles, row(Redis), row(Valkey))
