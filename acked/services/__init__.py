"""Throwaway servers and workers, for experiments that break them.

An experiment reads like its own description:

    with Redis("--appendonly yes") as server:
        ...
        server.kill()
        server.start()
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from acked.services.base import Service, ServiceError, accepts, free_port, wait_until

if TYPE_CHECKING:
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

# Which module has it, where that is not its own name in small letters.
_MODULES = {
    "Daphne": "web",
    "Gunicorn": "web",
    "Moto": "stand_ins",
    "Sentinel": "redis",
    "Tansu": "stand_ins",
    "Uvicorn": "web",
    "Valkey": "redis",
}


def __getattr__(name: str) -> Any:
    # An experiment imports, and depends on, the services that it uses: no others.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_MODULES.get(name, name.lower())}")
    globals()[name] = found = getattr(module, name)  # `browser` is a module's name, too
    return found
