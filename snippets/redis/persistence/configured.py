# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""Start Redis with each .conf file beside this program, and crash it."""

from pathlib import Path

from acked.lab import table
from acked.services import Redis

HERE = Path(__file__).parent


def survivors(config: str, end) -> tuple[int, str]:
    with Redis(config=HERE / config) as server:
        client = server.client()
        for number in range(1000):
            client.set(f"order:{number}", "paid")
        end(server)
        left = {file.name for file in server.home.iterdir()}
        server.start()
        return server.client().dbsize(), ", ".join(sorted(left & FILES))


FILES = {"dump.rdb", "appendonlydir"}


def save_points(config: str) -> str:
    with Redis(config=HERE / config) as server:
        return server.client().config_get("save")["save"] or "none"


def row(config: str) -> list[str]:
    killed, _ = survivors(config, Redis.kill)
    stopped, files = survivors(config, Redis.stop)
    counts = [f"{killed} of 1000", f"{stopped} of 1000"]
    return [f"`{config}`", save_points(config), *counts, files]


table(
    ("file", "save points", "SIGKILL: there", "SIGTERM: there", "on disk"),
    *map(row, ("rdb.conf", "aof.conf", "both.conf")),
)
