# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
#     "cryptography", "gunicorn", "httpx", "uvicorn",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# starts = ["haproxy"]
# timeout = 120
# ///
import httpx
from acked.services import Gunicorn, HAProxy, Uvicorn, free_port

from certificate import pem
from csrf_shop import HERE, PROJECT, environment, table

LOCAL = "127.0.0.1"  # gunicorn and uvicorn believe this address
ELSEWHERE = "127.0.0.2"  # stands for a proxy in another container
TRUST = f"--forwarded-allow-ips={ELSEWHERE}"
CASES = (
    ("gunicorn", LOCAL, "ssl_redirect", ""),
    ("gunicorn", ELSEWHERE, "ssl_redirect", ""),
    ("gunicorn", ELSEWHERE, "ssl_redirect", TRUST),
    ("gunicorn", ELSEWHERE, "ssl_header", ""),
    ("uvicorn", LOCAL, "ssl_redirect", ""),
    ("uvicorn", ELSEWHERE, "ssl_redirect", ""),
    ("uvicorn", ELSEWHERE, "ssl_redirect", TRUST),
    ("uvicorn", ELSEWHERE, "ssl_header", ""),
)
SETTINGS = {
    "ssl_redirect": "",
    "ssl_header": "`SECURE_PROXY_SSL_HEADER`",
}


def application(server, settings, options):
    env = environment(settings)
    if server == "uvicorn":
        return Uvicorn("shop.asgi:application", PROJECT, options, env)
    return Gunicorn("shop.wsgi", PROJECT, options, env)


def get(url, **options):
    """The status, and whether a redirect leads back to the same address."""
    answer = httpx.get(url, verify=False, **options)
    if answer.headers.get("Location") == url:
        return f"**{answer.status_code} to itself**"
    return str(answer.status_code)


def asked(app, peer):
    """One page over HTTPS, over HTTP, and over HTTP with a forged header."""
    ports = {"PLAIN": str(free_port()), "CARELESS": str(free_port())}
    front = HAProxy(
        HERE / "proxy.cfg", {**ports, "APP": str(app.port), "FROM": peer}
    )
    certificate = front.home / "site.pem"
    certificate.write_bytes(pem())
    front.extra_env["CERTIFICATE"] = str(certificate)
    forged = {"X-Forwarded-Proto": "https"}
    with front:
        return (
            get(f"https://127.0.0.1:{front.port}/form"),
            get(f"http://127.0.0.1:{ports['PLAIN']}/form", headers=forged),
            get(f"http://127.0.0.1:{ports['CARELESS']}/form", headers=forged),
        )


rows = []
for server, peer, settings, options in CASES:
    with application(server, settings, options) as app:
        added = SETTINGS[settings] or (options and "`--forwarded-allow-ips`")
        rows.append((server, peer, added, *asked(app, peer)))
table(
    (
        "server",
        "proxy's address",
        "added",
        "HTTPS",
        "HTTP, forged, `careful`",
        "HTTP, forged, `careless`",
    ),
    *rows,
)
