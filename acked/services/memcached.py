"""A throwaway memcached server."""

from __future__ import annotations

from acked import suite
from acked.services.base import LOOPBACK, Service, accepts, free_port


class Memcached(Service):
    """`memcached` on a free port; `options` as on its command line: `-m 2`."""

    name = "memcached"

    def __init__(self, options: str = "") -> None:
        super().__init__()
        self.port = free_port()
        self.options = options

    @property
    def server(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    def argv(self) -> list[str]:
        argv = ["memcached", "-p", str(self.port), "-U", "0", "-l", LOOPBACK]
        # Like PostgreSQL it refuses to run as root.
        return suite.wrap([*argv, *self.options.split()], home=self.home, ordinary_user=True)

    def ready(self) -> bool:
        return accepts(self.port)
