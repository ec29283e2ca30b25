# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "httpx",
#   "gunicorn"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# starts = ["haproxy"]
# timeout = 60
# ///
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))

from acked.services import HAProxy
from servers import client, gunicorn
from shop.script import start, table

start()

IN_CACHE = {"SESSION_ENGINE": "django.contrib.sessions.backends.cache"}
LOCAL = {"LOCMEM": "yes"}
CASES = {
    "`visits`, sessions in the database": ("visits", {}, {}),
    "the same, each server with its `SECRET_KEY`": (
        "visits",
        {"SECRET_KEY": "one"},
        {"SECRET_KEY": "another"},
    ),
    "`visits`, sessions in Redis": ("visits", IN_CACHE, IN_CACHE),
    "`visits`, sessions in LocMemCache": (
        "visits",
        {**IN_CACHE, **LOCAL},
        {**IN_CACHE, **LOCAL},
    ),
    "`hits`, cache in Redis": ("hits", {}, {}),
    "`hits`, LocMemCache": ("hits", LOCAL, LOCAL),
}


# --8<-- [start:visit]
def six_requests(case):
    view, a, b = case
    with gunicorn(**a) as one, gunicorn(**b) as other:
        ports = {"A": str(one.port), "B": str(other.port)}
        with HAProxy(HERE / "plain.cfg", ports) as balancer, client() as user:
            url = f"{balancer.url}/{view}/"
            return [user.get(url).json() for _ in range(6)]
# --8<-- [end:visit]


with ThreadPoolExecutor(3) as pool:
    counts = pool.map(six_requests, CASES.values())
    table(
        ("two servers, one visitor", "the six answers"),
        *(
            (name, ", ".join(map(str, answers)))
            for name, answers in zip(CASES, counts, strict=True)
        ),
    )
