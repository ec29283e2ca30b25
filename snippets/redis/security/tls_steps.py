# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""From the two popular lines to a server that speaks TLS only."""

from contextlib import suppress

import certificates
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from acked.lab import table
from acked.services import Redis, ServiceError, Valkey, free_port

CERTIFICATE = "--tls-cert-file redis.crt --tls-key-file redis.key"
# --8<-- [start:steps]
STEPS = {
    "certificate and key": CERTIFICATE,
    "+ `tls-port`": "--tls-port {tls}",
    "+ `tls-auth-clients no`": "--tls-auth-clients no",
    "+ `tls-ca-cert-file`": "--tls-ca-cert-file ca.crt",
    "+ `port 0`": "--port 0",
}
# --8<-- [end:steps]


def ping(port: int, **options) -> str:
    once = {"retry": Retry(NoBackoff(), 0), "socket_timeout": 60}
    client = redis.Redis("127.0.0.1", port, **once, **options)
    with client, suppress(redis.ConnectionError):
        return "PONG" if client.ping() else "nothing"
    return "no"


def step(server_type, options: str) -> list[str]:
    server, tls = server_type(), free_port()
    certificates.fill(server.home)
    server.options = options.replace("{tls}", str(tls))
    if "--port 0" in options:
        server.url = f"rediss://127.0.0.1:{tls}?ssl_cert_reqs=none"
    try:
        server.start()
        plain = ping(server.port)
        ca = server.home / "ca.crt"
        return ["yes", plain, ping(tls, ssl=True, ssl_ca_certs=str(ca))]
    except ServiceError as error:
        assert "Failed to configure TLS" in str(error), error
        return ["no", "", ""]
    finally:
        server.__exit__()


rows, options = [], ""
for name, more in STEPS.items():
    options += f" {more}"
    answers = step(Redis, options)
    assert answers == step(Valkey, options), name
    rows.append([name, *answers])
table(["directives", "starts", "plain client", "TLS client"], *rows)
