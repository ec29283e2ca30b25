"""A throwaway RabbitMQ node."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Self

from acked import suite
from acked.services.base import LOOPBACK, Service, ServiceError, accepts, free_port

# The start banner: the line in the log may be dropped in a burst of others.
BOOTED = " completed with "


class Epmd(Service):
    """Where Erlang nodes find each other; the nodes of a cluster share one."""

    name = "epmd"

    def __init__(self, where: Path) -> None:
        super().__init__()
        self.port, self.where = free_port(), where

    def argv(self) -> list[str]:
        place = ["-port", str(self.port), "-address", LOOPBACK]
        return suite.wrap(["epmd", *place], where=self.where)

    def ready(self) -> bool:
        return accepts(self.port)


class RabbitMQ(Service):
    """One node with data of its own. User and password: guest.

    `vhosts` exist from the start beside `/`; `config` is text for its
    rabbitmq.conf; `plugins` are turned on; `join` is a running node whose
    cluster it joins at its first start; `servers` is the suite that it comes
    from (`RabbitMQ(servers="bookworm")` is RabbitMQ 3.10).
    """

    name = "rabbitmq"
    boot_timeout = 90.0

    def __init__(
        self,
        vhosts: list[str] | None = None,
        config: str = "",
        plugins: list[str] | None = None,
        join: RabbitMQ | None = None,
        servers: str | None = None,
    ) -> None:
        super().__init__()
        self.where = suite.root(servers or suite.current())
        self.join, self.owns_epmd = join, join is None
        self.epmd: Epmd = join.epmd if join else Epmd(self.where)
        self.port = free_port()
        self.dist_port = free_port()
        self._boots = 0
        self.node = f"acked{self.port}@localhost"
        cookie = self.home / ".erlang.cookie"
        cookie.write_text("ACKED")
        cookie.chmod(0o400)
        (self.home / "plugins").write_text(f"[{','.join(plugins or [])}].")
        definitions = self._write_definitions(["/", *(vhosts or [])])
        (self.home / "rabbitmq.conf").write_text(
            # A node that joins takes over what the others have.
            ("" if join else f"load_definitions = {definitions}\n")
            + f"listeners.tcp.1 = {LOOPBACK}:{self.port}\n"
            + "loopback_users = none\n"
            + config
        )

    @property
    def url(self) -> str:
        return self.vhost_url("/")

    def vhost_url(self, vhost: str) -> str:
        return f"amqp://guest:guest@{LOOPBACK}:{self.port}/{vhost.replace('/', '%2F')}"

    def argv(self) -> list[str]:
        self._boots = self.log().count(BOOTED)
        return suite.wrap(["rabbitmq-server"], home=self.home, where=self.where)

    def start(self) -> Self:
        if not self.epmd.running():
            self.epmd.start()
        super().start()
        if self.join:
            self._join(self.join)
            self.join = None
        return self

    def _join(self, other: RabbitMQ) -> None:
        self.rabbitmqctl("stop_app")
        self.rabbitmqctl("join_cluster", other.node)
        self.rabbitmqctl("start_app")

    def __exit__(self, *exception: Any) -> None:
        super().__exit__(*exception)
        if self.owns_epmd:
            self.epmd.__exit__()

    def environment(self) -> dict[str, str]:
        home = str(self.home)
        return {
            "HOME": home,
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.epmd.port),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            "RABBITMQ_MNESIA_BASE": f"{home}/data",
            "RABBITMQ_LOG_BASE": f"{home}/logs",
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": f"{home}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/plugins",
            "RABBITMQ_PID_FILE": f"{home}/pid",
            # The start script then becomes the node, so signals reach it.
            "RUNNING_UNDER_SYSTEMD": "true",
            # Two idle cores are not worth two cores of spinning schedulers.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none"
            # Else nodes talk to each other on all interfaces.
            " -kernel inet_dist_use_interface {127,0,0,1}",
        }

    def ready(self) -> bool:
        # It listens before it has booted, and a stop in between is a crash.
        return self.log().count(BOOTED) > self._boots and accepts(self.port)

    def rabbitmqctl(self, *words: str, timeout: float = 60) -> str:
        """What rabbitmqctl prints. Raises `ServiceError` when it fails."""
        argv = suite.wrap(["rabbitmqctl", "--silent", *words], self.home, self.where)
        env = {**os.environ, **self.environment()}
        done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=timeout)
        if done.returncode:
            raise ServiceError((done.stderr or done.stdout).strip())
        return done.stdout.strip()

    def _write_definitions(self, vhosts: list[str]) -> Path:
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        definitions = {
            "users": [{"name": "guest", "password": "guest", "tags": ["administrator"]}],
            "vhosts": [{"name": name} for name in vhosts],
            "permissions": [{"user": "guest", "vhost": name, **everything} for name in vhosts],
        }
        file = self.home / "definitions.json"
        file.write_text(json.dumps(definitions))
        return file
