# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "httpx",
#   "gunicorn", "uvicorn"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

import httpx
from acked.services import wait_until
from servers import client, gunicorn, uvicorn
from shop.script import table

CASES = (
    ("gunicorn", "SIGTERM", lambda: gunicorn("--threads 2")),
    (
        "gunicorn `--graceful-timeout 1`",
        "SIGTERM",
        lambda: gunicorn("--threads 2 --graceful-timeout 1"),
    ),
    ("gunicorn", "SIGKILL", lambda: gunicorn("--threads 2")),
    ("uvicorn", "SIGTERM", uvicorn),
    (
        "uvicorn `--timeout-graceful-shutdown 1`",
        "SIGTERM",
        lambda: uvicorn("--timeout-graceful-shutdown 1"),
    ),
)


def answer(url):
    try:
        with client() as http:
            return http.get(url).status_code
    except httpx.TransportError as error:
        return f"`{type(error).__name__}`"


# --8<-- [start:deploy]
def request_in_flight(case):
    name, signal, make = case
    with make() as server, ThreadPoolExecutor() as pool:
        request = pool.submit(answer, f"{server.url}/sleep/")
        wait_until(lambda: "sleep began" in server.log())
        if signal == "SIGTERM":
            server.stop()
        else:
            server.kill()
        return name, signal, request.result()
# --8<-- [end:deploy]


with ThreadPoolExecutor() as pool:
    table(
        ("server", "ended by", "the request that was running got"),
        *pool.map(request_in_flight, CASES),
    )
