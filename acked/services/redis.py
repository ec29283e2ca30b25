"""A throwaway Redis server."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import Any

import redis

from acked import suite, witness
from acked.services.base import LOOPBACK, Service, ServiceError, free_port


class Redis(Service):
    """`redis-server` on a free port, with its data in its home folder.

    `config` names a companion (a .conf file beside the snippet): the server
    starts with it, and each of its directives is read back. `options` are
    further directives: `Redis("--appendonly yes")`.
    """

    name = "redis"

    def __init__(self, options: str = "", config: str | Path | None = None) -> None:
        super().__init__()
        self.port = free_port()
        self.options = options
        self.config = Path(config).resolve() if config else None

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}/0"

    def argv(self) -> list[str]:
        argv = ["redis-server"]
        if self.config:
            argv.append(str(shutil.copy(self.config, self.home / "redis.conf")))
        argv += ["--port", str(self.port), "--bind", LOOPBACK, "--dir", str(self.home)]
        return suite.wrap(argv + shlex.split(self.options), home=self.home)

    def start(self) -> Redis:
        super().start()
        if self.config:
            self.read_back(self.config)
        return self

    def ready(self) -> bool:
        with self.client(socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:  # also while it loads its data
                return False
            except redis.TimeoutError:
                return False

    def client(self, **options: Any) -> redis.Redis:
        """A new client; `options` as for `redis.Redis`."""
        return redis.Redis.from_url(self.url, decode_responses=True, **options)

    def cli(self, *command: str) -> Any:
        """One command, as typed into redis-cli; its reply."""
        with self.client() as client:
            return client.execute_command(*command)

    def read_back(self, config: Path) -> None:
        """Compare each directive of a file with what the server says it uses."""
        with self.client() as client:
            for number, line in enumerate(config.read_text().splitlines(), 1):
                words = shlex.split(line, comments=False)
                if not words or words[0].startswith("#"):
                    continue
                name, wanted = words[0], " ".join(words[1:])
                told = client.config_get(name).get(name, "nothing")
                if wanted not in told:
                    raise ServiceError(f"{config}:{number}: {name} is {told!r} in the server")
                witness.note(config, number)
