"""Throwaway servers and workers, for experiments that break them.

An experiment reads like its own description:

    with Redis("--appendonly yes") as server:
        ...
        server.kill()
        server.start()
"""

from acked.services.base import Service, ServiceError, accepts, free_port, wait_until
from acked.services.browser import browser
from acked.services.haproxy import HAProxy
from acked.services.memcached import Memcached
from acked.services.pgbouncer import PgBouncer
from acked.services.postgresql import PostgreSQL
from acked.services.program import Program
from acked.services.proxy import Proxy
from acked.services.rabbitmq import RabbitMQ
from acked.services.redis import Redis, Sentinel, Valkey
from acked.services.stand_ins import Moto, Tansu
from acked.services.web import Daphne, Gunicorn, Uvicorn
from acked.services.worker import Worker

__all__ = [
    "Daphne",
    "Gunicorn",
    "HAProxy",
    "Memcached",
    "Moto",
    "PgBouncer",
    "PostgreSQL",
    "Program",
    "Proxy",
    "RabbitMQ",
    "Redis",
    "Sentinel",
    "Service",
    "ServiceError",
    "Tansu",
    "Uvicorn",
    "Valkey",
    "Worker",
    "accepts",
    "browser",
    "free_port",
    "wait_until",
]
