"""A throwaway Redis server."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import redis

from acked import suite, witness
from acked.services.base import LOOPBACK, Service, ServiceError, free_port


class Redis(Service):
    """`redis-server` on a free port, with its data in its home folder.

    `config` names a companion (a .conf file beside the snippet): the server
    starts with it, and each of its directives is read back. `options` are
    further directives: `Redis("--appendonly yes")`. `url` says how to speak to
    it where a password or TLS is needed: `Redis("--port 0 --tls-port {port}",
    url="rediss://127.0.0.1:{port}/0?ssl_ca_certs=ca.crt")`.
    """

    name = "redis"
    program = "redis-server"

    def __init__(
        self,
        options: str = "",
        config: str | Path | None = None,
        url: str = "redis://127.0.0.1:{port}/0",
    ) -> None:
        super().__init__()
        self.port, self.bus_port = free_port(), free_port()
        self.options = options.replace("{port}", str(self.port))
        self.config = Path(config).resolve() if config else None
        self.url = url.replace("{port}", str(self.port))

    def argv(self) -> list[str]:
        argv = [self.program]
        if self.config:
            argv.append(str(shutil.copy(self.config, self.home / "redis.conf")))
        argv += ["--port", str(self.port), "--bind", LOOPBACK, "--dir", str(self.home)]
        if "--cluster-enabled" in self.options:
            # Its own choice, 10,000 above, is now and then an outgoing connection's.
            argv += ["--cluster-port", str(self.bus_port)]
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

    @contextmanager
    def monitor(self) -> Iterator[list[str]]:
        """The commands that it gets meanwhile, told by MONITOR; all are there at the end."""
        told: list[str] = []

        def listen() -> None:
            for entry in monitor.listen():
                if entry["command"] == "ECHO that is all":
                    return
                told.append(entry["command"])

        with self.client(socket_timeout=None) as client, client.monitor() as monitor:
            listener = Thread(target=listen, daemon=True)
            listener.start()
            yield told
            self.cli("ECHO", "that is all")
            listener.join()

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


class Sentinel(Redis):
    """`redis-server --sentinel`, watching one primary under the name `mymaster`.

    `settings` are those of `SENTINEL SET`: `{"down-after-milliseconds": 1000}`.
    """

    name = "sentinel"

    def __init__(self, primary: Redis, quorum: int, settings: dict[str, Any] | None = None) -> None:
        super().__init__()
        lines = [f"sentinel monitor mymaster {LOOPBACK} {primary.port} {quorum}"]
        lines += [f"sentinel {name} mymaster {value}" for name, value in (settings or {}).items()]
        # It keeps what it learns in this file, also over a restart.
        self.file = self.home / "sentinel.conf"
        self.file.write_text("\n".join(lines) + "\n")

    def argv(self) -> list[str]:
        place = ["--port", str(self.port), "--bind", LOOPBACK, "--dir", str(self.home)]
        argv = [self.program, str(self.file), "--sentinel", *place]
        return suite.wrap(argv, home=self.home)


class Valkey(Redis):
    """`valkey-server`, the fork of Redis 7.2, spoken to with the same client."""

    name = "valkey"
    program = "valkey-server"


def in_bytes(value: str) -> str:
    """A size such as 64mb as CONFIG GET tells it; anything else as it is."""
    units = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "k": 10**3, "m": 10**6, "g": 10**9}
    size = re.fullmatch(r"(\d+)(kb|mb|gb|k|m|g)", value.lower())
    return str(int(size[1]) * units[size[2]]) if size else value
