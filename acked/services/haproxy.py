"""A throwaway HAProxy."""

from __future__ import annotations

from pathlib import Path

from acked import suite, witness
from acked.services.base import LOOPBACK, Service, accepts, free_port


class HAProxy(Service):
    """HAProxy with a companion (a .cfg file beside the snippet) as it stands.

    The file takes addresses from the environment, as HAProxy can:
    `bind 127.0.0.1:"${PORT}"`; PORT is this service's own, `env` holds the rest.
    """

    name = "haproxy"

    def __init__(self, config: str | Path, env: dict[str, str] | None = None) -> None:
        self.port = free_port()
        super().__init__({**(env or {}), "PORT": str(self.port)})
        self.config = Path(config).resolve()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def argv(self) -> list[str]:
        (self.home / "haproxy.cfg").write_text(self.config.read_text())
        argv = ["haproxy", "-db", "-f", str(self.home / "haproxy.cfg")]
        return suite.wrap(argv, home=self.home)

    def start(self) -> HAProxy:
        super().start()
        # It refuses to start with a directive that it does not know.
        for number in range(1, len(self.config.read_text().splitlines()) + 1):
            witness.note(self.config, number)
        return self

    def ready(self) -> bool:
        return accepts(self.port)
