"""A throwaway PostgreSQL server."""

from __future__ import annotations

import signal
import subprocess
from typing import Any

import psycopg

from acked import suite
from acked.services.base import LOOPBACK, Service, ServiceError, free_port


class PostgreSQL(Service):
    """One cluster in its home folder; user `acked`, no password."""

    name = "postgresql"
    graceful = signal.SIGINT  # "fast": does not wait for idle clients

    def __init__(self, options: str = "") -> None:
        super().__init__()
        self.port = free_port()
        self.options = options
        self.data = self.home / "data"

    @property
    def url(self) -> str:
        return self.database_url("postgres")

    def database_url(self, database: str) -> str:
        return f"postgresql://acked@{LOOPBACK}:{self.port}/{database}"

    def argv(self) -> list[str]:
        if not self.data.exists():
            self._run("initdb", "-D", str(self.data), "-U", "acked", "-A", "trust", "-E", "UTF8")
        argv = ["postgres", "-D", str(self.data), "-p", str(self.port), "-h", LOOPBACK]
        return self._wrap([*argv, "-k", str(self.home), *self.options.split()])

    def ready(self) -> bool:
        try:
            with self.connect(connect_timeout=1):
                return True
        except psycopg.OperationalError:
            return False

    def connect(self, database: str = "postgres", **options: Any) -> psycopg.Connection[Any]:
        return psycopg.connect(self.database_url(database), autocommit=True, **options)

    def create_database(self, name: str) -> str:
        """Make an empty database; its URL."""
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.database_url(name)

    def _wrap(self, argv: list[str]) -> list[str]:
        # It refuses root, and a user whom the suite's passwd does not know.
        return suite.wrap(argv, home=self.home, ordinary_user=True)

    def _run(self, *argv: str) -> None:
        done = subprocess.run(self._wrap(list(argv)), capture_output=True, text=True)
        if done.returncode:
            raise ServiceError(f"{argv[0]} failed: {done.stderr.strip()}")
