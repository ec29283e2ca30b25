# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "httpx",
#   "gunicorn", "uvicorn", "daphne"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import re
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from acked.services import wait_until
from servers import daphne, gunicorn, uvicorn
from shop.script import table

SERVERS = {
    "gunicorn (WSGI)": lambda: gunicorn("--threads 4"),
    "uvicorn (ASGI)": uvicorn,
    "daphne (ASGI)": daphne,
}
VIEWS = ("async view", "sync view")


# --8<-- [start:hang_up]
def hang_up_on(server, view):
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        request = f"GET /{view.replace(' ', '_')}/ HTTP/1.1\r\n"
        client.sendall(f"{request}Host: localhost\r\n\r\n".encode())
        wait_until(lambda: said(server, f"{view} (began)"))
    return wait_until(lambda: said(server, f"{view}:? (finished|.+Error)"))[1]
# --8<-- [end:hang_up]


def said(server, what):
    return re.search(f"^{what}$", server.log(), re.MULTILINE)


def on(name):
    with SERVERS[name]() as server:
        return [hang_up_on(server, view) for view in VIEWS]


with ThreadPoolExecutor() as pool:
    results = pool.map(on, SERVERS)
    table(
        ("the client hangs up", *VIEWS),
        *((name, *row) for name, row in zip(SERVERS, results, strict=True)),
    )
