"""The slow starters, one of each for a whole run: RabbitMQ and PostgreSQL.

`Shared` keeps them in a sandbox of their own; each snippet gets a vhost and a
database of its own. Run as a program, this module is what sits in the sandbox.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from acked import sandbox
from acked.services.base import ServiceError
from acked.services.postgresql import PostgreSQL
from acked.services.rabbitmq import RabbitMQ


def place(snippet: str) -> str:
    """The name of a snippet's vhost and database."""
    return snippet.removesuffix(".py").replace("/", ".")


class Shared:
    """The shared servers of one run. `with` starts and ends them."""

    def __init__(self, root: Path, rabbitmq: list[str], postgresql: list[str]) -> None:
        """`rabbitmq`, `postgresql`: names of the snippets that need one."""
        self.wanted = {"rabbitmq": rabbitmq, "postgresql": postgresql}
        self.root = root
        self.addresses: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self._news = threading.Condition()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Shared:
        if any(self.wanted.values()):
            order = json.dumps({k: [place(x) for x in v] for k, v in self.wanted.items()})
            self._process = subprocess.Popen(
                sandbox.wrap([sys.executable, "-m", "acked.services.shared", order], self.root),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            threading.Thread(target=self._listen, args=[self._process], daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        if self._process:
            self._process.kill()  # and the kernel empties its namespace
            self._process.wait()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout and process.stderr
        for line in process.stdout:
            news = json.loads(line)
            with self._news:
                self.addresses.update(news.get("ready", {}))
                self.errors.update(news.get("failed", {}))
                self._news.notify_all()
        last = (process.stderr.read().strip().splitlines() or ["no word"])[-1]
        with self._news:
            for name in self.wanted:
                self.errors.setdefault(name, f"{name} is gone; its last words: {last}")
            self._news.notify_all()

    def url(self, name: str, snippet: str, timeout: float = 120) -> str:
        """The address for one snippet; waits until the server is ready.

        `timeout` in seconds. Raises `ServiceError` when the server died.
        """
        with self._news:
            self._news.wait_for(lambda: name in self.addresses or name in self.errors, timeout)
            if name in self.errors or name not in self.addresses:
                raise ServiceError(
                    self.errors.get(name, f"{name} is not ready after {timeout:g} s")
                )
            return self.addresses[name] + "/" + place(snippet)


def main() -> None:
    wanted = json.loads(sys.argv[1])
    rabbitmq, postgresql = RabbitMQ(wanted["rabbitmq"]), PostgreSQL()

    def start_rabbitmq() -> str:
        return rabbitmq.start().url.removesuffix("/%2F")

    def start_postgresql() -> str:
        postgresql.start()
        for database in wanted["postgresql"]:
            postgresql.create_database(database)
        return postgresql.url.removesuffix("/postgres")

    def report(name: str, start: Any) -> None:
        try:
            news = {"ready": {name: start()}}
        except ServiceError as error:
            news = {"failed": {name: str(error)}}
        print(json.dumps(news), flush=True)

    starters = {"rabbitmq": start_rabbitmq, "postgresql": start_postgresql}
    pool = ThreadPoolExecutor()
    jobs = [pool.submit(report, name, starters[name]) for name in starters if wanted[name]]
    for job in jobs:
        job.result()
    sys.stdin.read()  # until the run ends, or dies


if __name__ == "__main__":
    main()
