# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "httpx",
#   "uvicorn"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 90
# ///
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

import httpx
from acked.services import Proxy, wait_until
from servers import client, get, uvicorn
from shop.script import table

broker = urlsplit(os.environ["CELERY_BROKER_URL"])


# --8<-- [start:silent]
def with_a_silent_broker(view):
    with Proxy(broker.port) as proxy:
        url = broker._replace(netloc=f"127.0.0.1:{proxy.port}").geturl()
        with uvicorn(CELERY_BROKER_URL=url) as server:
            proxy.hold()
            with ThreadPoolExecutor() as pool:
                sending = pool.submit(get, server, view)
                wait_until(lambda: proxy.accepted)
                other = other_view(server)
                answered = sending.done()
                proxy.release()
            return answered, other, sending.result().status_code
# --8<-- [end:silent]


def other_view(server):
    try:
        return client.get(f"{server.url}/quick/", timeout=3).status_code
    except httpx.ReadTimeout:
        return "no answer in 3 s"


VIEWS = ("delay", "delay_in_a_thread")
with ThreadPoolExecutor() as pool:
    results = pool.map(with_a_silent_broker, VIEWS)
    table(
        (
            "view",
            "answers without the broker",
            "another view of the process answers",
            "when the broker is back",
        ),
        *(
            (f"`{view}`", "yes" if answered else "no", other, status)
            for view, (answered, other, status) in zip(
                VIEWS, results, strict=True
            )
        ),
    )
