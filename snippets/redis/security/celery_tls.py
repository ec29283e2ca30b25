# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "celery[redis]"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 240
# ///
"""rediss:// in Celery's broker, its result backend and Django's cache."""

import os

from celery import Celery
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError
from tls_server import PASSWORD, tls_only

from acked.lab import table
from acked.services import Redis, Worker

app = Celery(
    "celery_tls",
    broker=os.environ.get("SHOP_URL"),
    backend=os.environ.get("SHOP_URL"),
)


@app.task
def add(a: int, b: int) -> int:
    return a + b


def outcome(connect) -> str:
    try:
        connect()
    except ValueError as error:
        assert "must have parameter ssl_cert_reqs" in str(error)
        return "ValueError"
    except (OperationalError, ConnectionError) as error:
        assert "certificate verify failed" in str(error)
        return "refuses the certificate"
    return "connects"


# --8<-- [start:connect]
def connect_all(url: str) -> list[str]:
    shop = Celery("shop", broker=url, backend=url)
    broker = shop.connection()
    cache = RedisCache(url, {})
    return [
        outcome(lambda: broker.ensure_connection(max_retries=1)),
        outcome(lambda: shop.backend.client.ping()),
        outcome(lambda: cache.set("book", "Emma")),
    ]


# --8<-- [end:connect]

if __name__ == "__main__":
    settings.configure()
    with tls_only(Redis, "--tls-auth-clients no") as server:
        bare = f"rediss://:{PASSWORD}@127.0.0.1:{server.port}/0"
        ours = f"ssl_ca_certs={server.home}/ca.crt"
        strange = f"ssl_ca_certs={server.home}/strange-ca.crt"
        required = "ssl_cert_reqs=required"
        rows = {
            "nothing": bare,
            "`ssl_ca_certs=` our CA": f"{bare}?{ours}",
            "`ssl_ca_certs=` another CA": f"{bare}?{strange}",
            "`ssl_cert_reqs=required`": f"{bare}?{required}",
            "both, our CA": f"{bare}?{required}&{ours}",
            "both, another CA": f"{bare}?{required}&{strange}",
            "`ssl_cert_reqs=none`": f"{bare}?ssl_cert_reqs=none",
        }
        told = {name: connect_all(url) for name, url in rows.items()}
        good = rows["both, our CA"]
        with Worker(__file__, "--pool solo", {"SHOP_URL": good}):
            shop = Celery("shop", broker=good, backend=good)
            assert shop.send_task(add.name, (1, 2)).get(timeout=60) == 3

    table(
        ["after `?` in `rediss://…`", "broker", "result backend", "Django"],
        *([name, *outcomes] for name, outcomes in told.items()),
    )
