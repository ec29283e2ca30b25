"""Redis or Valkey with TLS only, its certificates in its home folder."""

from pathlib import Path

import certificates

CONFIG = Path(__file__).with_name("tls.conf")
PASSWORD = "MySecurePass"


# --8<-- [start:server]
def tls_only(server_type, more: str = ""):
    """TLS on the port, and no second port without."""
    server = server_type("--port 0 --tls-port {port} " + more, config=CONFIG)
    certificates.fill(server.home)
    server.url = url_of(server)
    return server


def url_of(server) -> str:
    home, place = server.home, f"127.0.0.1:{server.port}/0"
    authority = f"ssl_ca_certs={home}/ca.crt"
    own = f"ssl_certfile={home}/shop.crt&ssl_keyfile={home}/shop.key"
    return f"rediss://:{PASSWORD}@{place}?{authority}&{own}"


# --8<-- [end:server]
