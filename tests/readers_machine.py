"""A machine as a reader may have it: servers at their default addresses, and uv.

Runs in a network of its own, so that the ports are free. Arguments: the folder
of downloads, then the commands; prints what each printed, as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import redis

from acked.services import PostgreSQL, RabbitMQ, Redis


def main(folder: Path, commands: list[str]) -> dict[str, str]:
    cache, queue, database = (
        Redis(),
        RabbitMQ(config="listeners.tcp.2 = 127.0.0.1:5672\n"),
        PostgreSQL(),
    )
    cache.port, cache.url, database.port = 6379, "redis://127.0.0.1:6379/0", 5432
    with cache, queue, database:
        with database.connect() as connection:
            connection.execute("CREATE ROLE postgres SUPERUSER LOGIN")
        return {command: printed(folder, command) for command in commands}


def printed(folder: Path, command: str) -> str:
    redis.Redis().flushall()
    *given, uv, run, url = command.split()
    assert (uv, run) == ("uv", "run")
    file = folder / url.rpartition("/snippets/")[2]
    # The very packages that proved it, which setting up the project has cached.
    argv = ["uv", "run", "--offline", "--no-project", "--python", sys.executable, str(file)]
    env = {**os.environ, **dict(one.split("=", 1) for one in given)}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, cwd=folder)
    return done.stdout if done.returncode == 0 else done.stdout + done.stderr


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2:])))
