"""A throwaway RabbitMQ node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

from acked import suite
from acked.services.base import LOOPBACK, Service, ServiceError, accepts, free_port

# The start banner: the line in the log may be dropped in a burst of others.
BOOTED = " completed with "


class RabbitMQ(Service):
    """One node, no plugins, with data, cookie and epmd of its own.

    `vhosts` exist from the start beside `/`; `config` is text for its
    rabbitmq.conf. User and password: guest.
    """

    name = "rabbitmq"
    boot_timeout = 90.0

    def __init__(self, vhosts: list[str] | None = None, config: str = "") -> None:
        super().__init__()
        self.port = free_port()
        self.dist_port = free_port()
        self.epmd_port = free_port()
        self._boots = 0
        self.node = f"acked{self.port}@localhost"
        cookie = self.home / ".erlang.cookie"
        cookie.write_text("ACKED")
        cookie.chmod(0o400)
        (self.home / "plugins").write_text("[].")
        self._write_definitions(["/", *(vhosts or [])])
        (self.home / "rabbitmq.conf").write_text(
            f"load_definitions = {self.home}/definitions.json\n"
            f"listeners.tcp.1 = {LOOPBACK}:{self.port}\n"
            "loopback_users = none\n" + config
        )

    @property
    def url(self) -> str:
        return self.vhost_url("/")

    def vhost_url(self, vhost: str) -> str:
        return f"amqp://guest:guest@{LOOPBACK}:{self.port}/{vhost.replace('/', '%2F')}"

    def argv(self) -> list[str]:
        self._boots = self.log().count(BOOTED)
        return suite.wrap(["rabbitmq-server"], home=self.home)

    def environment(self) -> dict[str, str]:
        home = str(self.home)
        return {
            "HOME": home,
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.epmd_port),
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
        argv = suite.wrap(["rabbitmqctl", "--silent", *words], home=self.home)
        env = {**os.environ, **self.environment()}
        done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=timeout)
        if done.returncode:
            raise ServiceError((done.stderr or done.stdout).strip())
        return done.stdout.strip()

    def _write_definitions(self, vhosts: list[str]) -> None:
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        definitions = {
            "users": [{"name": "guest", "password": "guest", "tags": ["administrator"]}],
            "vhosts": [{"name": name} for name in vhosts],
            "permissions": [{"user": "guest", "vhost": name, **everything} for name in vhosts],
        }
        (self.home / "definitions.json").write_text(json.dumps(definitions))
        shutil.rmtree(self.home / "data", ignore_errors=True)
