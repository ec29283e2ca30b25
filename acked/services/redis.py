"""A throwaway Redis server."""

from __future__ import annotations

import re
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
    program = "redis-server"

    def __init__(self, options: str = "", config: str | Path | None = None) -> None:
        super().__init__()
        self.port = free_port()
        self.options = options
        self.config = Path(config).resolve() if config else None

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}/0"

    def argv(self) -> list[str]:
        argv = [self.program]
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
        wanted: dict[str, list[tuple[int, str]]] = {}
        for number, line in enumerate(config.read_text().splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                name, *values = shlex.split(line)
                wanted.setdefault(name, []).append((number, " ".join(values)))
        with self.client() as client:
            for name, lines in wanted.items():
                told = client.config_get(name).get(name)
                # Several save lines add up; of all else the last one counts.
                values = [value for _, value in lines]
                said = " ".join(values) if name == "save" else values[-1]
                if told is None or told != in_bytes(said):
                    number = lines[-1][0]
                    raise ServiceError(f"{config}:{number}: {name} is {told!r} in the server")
                for number, _ in lines:
                    witness.note(config, number)


class Valkey(Redis):
    """`valkey-server`, the fork of Redis 7.2, spoken to with the same client."""

    name = "valkey"
    program = "valkey-server"


def in_bytes(value: str) -> str:
    """A size such as 64mb as CONFIG GET tells it; anything else as it is."""
    units = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "k": 10**3, "m": 10**6, "g": 10**9}
    size = re.fullmatch(r"(\d+)(kb|mb|gb|k|m|g)", value.lower())
    return str(int(size[1]) * units[size[2]]) if size else value
