# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""Which threads a server has, and who reads what the clients send."""

from pathlib import Path

from clients import client_of

from acked.lab import table
from acked.services import Redis, Valkey, wait_until

SERVERS = {
    "Redis 8, default": Redis(),
    "Redis 8, `io-threads 2`": Redis("--io-threads 2"),
    "Valkey 9, default": Valkey(),
    "Valkey 9, `io-threads 2`": Valkey("--io-threads 2"),
}


def names(server: Redis) -> list[str]:
    tasks = Path(f"/proc/{server.pid}/task").iterdir()
    return sorted((task / "comm").read_text().strip() for task in tasks)


def of(prefix: str, threads: list[str]) -> str:
    return ", ".join(n for n in threads if n.startswith(prefix)) or "none"


rows = []
for title, server in SERVERS.items():
    with server:
        client = client_of(server)
        for _ in range(100):
            client.ping()
        # A new thread bears its parent's name until it has its own.
        wait_until(lambda s=server: names(s).count(s.program) == 1)
        threads = names(server)
        told = client.info("stats")
        rows.append(
            [
                title,
                of(server.program, threads),
                of("bio", threads),
                of("io_thd", threads),
                "yes" if told["io_threaded_reads_processed"] else "no",
            ]
        )
        assert client.info("server")["multiplexing_api"] == "epoll"

table(
    [
        "",
        "main",
        "background",
        "I/O",
        "I/O threads read the 100 PINGs of one client",
    ],
    *rows,
)
