# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""The CPU time of Redis for the same work on a short and on a long queue."""

from acked.lab import table
from acked.services import Redis, Valkey

MESSAGE = "x" * 200


def cpu_time(server):
    used = server.client().info("cpu")
    return used["used_cpu_user"] + used["used_cpu_sys"]


def pipeline_of(server):
    return server.client(socket_timeout=None).pipeline(transaction=False)


# --8<-- [start:cost]
def cost(server, waiting):
    """CPU time for 20,000 tasks that come and go while others wait."""
    filling = pipeline_of(server)
    for _ in range(waiting):
        filling.lpush("celery", MESSAGE)
    filling.execute()
    before = cpu_time(server)
    for _ in range(20):
        work = pipeline_of(server)
        for _ in range(1_000):
            work.lpush("celery", MESSAGE)
            work.brpop("celery", 1)
        work.execute()
    return cpu_time(server) - before


# --8<-- [end:cost]


def bound(server_type):
    with server_type("--save ''") as short, server_type("--save ''") as long:
        ratio = cost(long, 100_000) / cost(short, 100)
    assert ratio < 3
    return "less than 3 x"


table(
    ("", "CPU time with 100,000 waiting, against 100"),
    ("Redis", bound(Redis)),
    ("Valkey", bound(Valkey)),
)
