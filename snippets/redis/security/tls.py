# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""A server that speaks TLS only, and who gets through to it."""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from tls_server import PASSWORD, tls_only

from acked.lab import table
from acked.services import Redis, Valkey

ONE_TRY = {
    "retry": Retry(NoBackoff(), 0),
    "protocol": 2,
    "socket_timeout": 60,
}


def clients(server) -> dict[str, dict]:
    file = {name: str(server.home / name) for name in FILES}
    trusting = {"ssl": True, "ssl_ca_certs": file["ca.crt"]}
    password = {"password": PASSWORD}
    certificate = {
        "ssl_certfile": file["shop.crt"],
        "ssl_keyfile": file["shop.key"],
    }
    # --8<-- [start:clients]
    return {
        "no TLS, password": password,
        "TLS, no CA given": {"ssl": True, **password},
        "TLS, another CA": {
            **trusting,
            **password,
            "ssl_ca_certs": file["strange-ca.crt"],
        },
        "TLS, our CA": trusting,
        "TLS, our CA, password": {**trusting, **password},
        "the same, server called `localhost`": {
            **trusting,
            **password,
            "host": "localhost",
        },
        "TLS, our CA, own certificate": {**trusting, **certificate},
        "TLS, our CA, own certificate, password": {
            **trusting,
            **certificate,
            **password,
        },
    }
    # --8<-- [end:clients]


FILES = "ca.crt", "strange-ca.crt", "shop.crt", "shop.key"


def try_to_get_in(server, options: dict) -> str:
    place = {"host": "127.0.0.1", "port": server.port}
    client = redis.Redis(**{**place, **ONE_TRY, **options})
    try:
        return "PONG" if client.ping() else "nothing"
    except redis.AuthenticationError:
        return "NOAUTH"
    except redis.ConnectionError as error:
        if "certificate verify failed" in str(error):
            return "client refuses"
        return "server refuses"
    finally:
        client.close()


def all_of_them(server_type, options: str) -> list[str]:
    with tls_only(server_type, options) as server:
        return [try_to_get_in(server, c) for c in clients(server).values()]


WAYS = "--tls-auth-clients no", "--tls-auth-clients yes"
columns = []
for way in WAYS:
    columns.append(all_of_them(Redis, way))
    assert columns[-1] == all_of_them(Valkey, way)

with tls_only(Redis) as server:
    names = list(clients(server))
table(
    ["client", *(f"`{way.removeprefix('--')}`" for way in WAYS)],
    *zip(names, *columns, strict=True),
)
