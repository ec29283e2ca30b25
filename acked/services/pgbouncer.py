"""A throwaway PgBouncer in front of a PostgreSQL server."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from acked import suite, witness
from acked.services.base import LOOPBACK, Service, ServiceError, free_port

BEFORE = """
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = {loopback}
listen_port = {own_port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
admin_users = {user}
"""


class PgBouncer(Service):
    """Pools connections to the server of a database URL.

    `config` names a companion (an .ini file beside the snippet) whose
    [pgbouncer] settings are added, and read back once it runs.
    """

    name = "pgbouncer"

    def __init__(self, database_url: str, config: str | Path | None = None) -> None:
        super().__init__()
        self.behind = urlsplit(database_url)
        self.port = free_port()
        self.config = Path(config).resolve() if config else None

    @property
    def url(self) -> str:
        """The same database, by way of the pool."""
        return self._url(self.behind.path.lstrip("/"))

    def _url(self, database: str) -> str:
        return f"postgresql://{self.behind.username}@{LOOPBACK}:{self.port}/{database}"

    def argv(self) -> list[str]:
        users = self.home / "users.txt"
        users.write_text(f'"{self.behind.username}" ""\n')
        text = BEFORE.format(
            host=self.behind.hostname,
            port=self.behind.port,
            loopback=LOOPBACK,
            own_port=self.port,
            users=users,
            user=self.behind.username,
        )
        settings = self.config.read_text().replace("[pgbouncer]", "") if self.config else ""
        (self.home / "pgbouncer.ini").write_text(text + settings)
        argv = ["pgbouncer", str(self.home / "pgbouncer.ini")]
        return suite.wrap(argv, home=self.home, ordinary_user=True)

    def start(self) -> PgBouncer:
        super().start()
        if self.config:
            self.read_back(self.config)
        return self

    def ready(self) -> bool:
        try:
            return bool(self.show("VERSION"))
        except psycopg.OperationalError:
            return False

    def show(self, what: str) -> list[dict[str, Any]]:
        """`SHOW <what>` of its console: POOLS, SERVERS, CONFIG, …"""
        with psycopg.connect(self._url("pgbouncer"), autocommit=True, connect_timeout=1) as admin:
            rows = psycopg.ClientCursor(admin).execute(f"SHOW {what}")
            names = [column.name for column in rows.description or ()]
            return [dict(zip(names, row, strict=True)) for row in rows]

    def read_back(self, config: Path) -> None:
        """Compare each setting of a file with what the pool says it uses."""
        told = {row["key"]: row["value"] for row in self.show("CONFIG")}
        parser = configparser.ConfigParser()
        parser.read(config)
        lines = config.read_text().splitlines()
        for name, value in parser["pgbouncer"].items():
            [number] = [n for n, line in enumerate(lines, 1) if line.split("=")[0].strip() == name]
            if told.get(name) != value:
                raise ServiceError(f"{config}:{number}: {name} is {told.get(name)!r} in the server")
            witness.note(config, number)
        witness.note(config, 1 + lines.index("[pgbouncer]"))
