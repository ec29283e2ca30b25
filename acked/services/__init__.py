"""Throwaway servers and workers, for experiments that break them.

An experiment reads like its own description:

    with Redis("--appendonly yes") as server:
        ...
        server.kill()
        server.start()
"""

from acked.services.base import Service, ServiceError, accepts, free_port, wait_until
from acked.services.postgresql import PostgreSQL
from acked.services.rabbitmq import RabbitMQ
from acked.services.redis import Redis
from acked.services.worker import Worker

__all__ = [
    "PostgreSQL",
    "RabbitMQ",
    "Redis",
    "Service",
    "ServiceError",
    "Worker",
    "accepts",
    "free_port",
    "wait_until",
]
