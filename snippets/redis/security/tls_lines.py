# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""The two lines that are said to enable TLS, alone in a configuration."""

from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from wiretap import Wiretap

from acked.services import Redis, Valkey

POPULAR = Path(__file__).with_name("tls_lines.conf")


# --8<-- [start:popular]
def popular(server_type) -> list[str]:
    with server_type(config=POPULAR) as server:
        with (
            Wiretap(server.port) as tap,
            redis.Redis(port=tap.port, socket_timeout=60) as plain,
        ):
            plain.set("card", "4242 4242")
        port = server.client().config_get("tls-port")["tls-port"]
        return [
            f"tls-port: {port}",
            f"a client with TLS: {tls_client(server)}",
            f"without TLS: the data is readable: {'4242 4242' in tap.heard}",
        ]


# --8<-- [end:popular]


def tls_client(server: Redis) -> str:
    client = redis.Redis(
        port=server.port,
        ssl=True,
        ssl_cert_reqs="none",
        socket_timeout=2,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        client.ping()
    except (redis.ConnectionError, redis.TimeoutError):
        return "no connection"
    return "connected"


told = popular(Redis)
assert told == popular(Valkey)
print(*told, sep="\n")
files = [Path(line.split()[1]) for line in POPULAR.read_text().splitlines()]
print("the two files exist:", any(file.exists() for file in files))
