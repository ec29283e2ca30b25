"""Six brokers to compare; moto stands in for SQS, tansu for Kafka.

Their clients come from another environment, which goes before our own packages.
"""

import json
import os
import sys

from acked import environments
from acked.services import Moto, RabbitMQ, Redis, Tansu, Valkey

sys.path.insert(0, str(environments.folder("stand-ins")))
os.environ.pop("CELERY_BROKER_URL", None)  # each client names its broker
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"

CONFIRMS = {"confirm_publish": True}

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
    "SQS (moto)": (
        Moto,
        {"broker_transport_options": Moto.transport_options},
    ),
    "Kafka (tansu)": (
        Tansu,
        {"broker_transport_options": Tansu.transport_options},
    ),
}


def environment(url, settings, **more):
    """What a worker's process needs to be a client of that broker."""
    return {
        **environments.variables("stand-ins"),
        "CELERY_BROKER_URL": url,
        "SETTINGS": json.dumps(settings),
        **more,
    }
