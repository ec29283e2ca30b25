# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary,pool]", "celery[redis]", "httpx",
#   "gunicorn", "uvicorn"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["postgresql", "pgbouncer"]
# timeout = 120
# ///
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))

from acked.services import PgBouncer, PostgreSQL
from servers import at_once, gunicorn, uvicorn
from shop.script import table

# --8<-- [start:cases]
REQUESTS, MAX_CONNECTIONS = 18, 16
POOL = json.dumps({"OPTIONS": {"pool": {"min_size": 1, "max_size": 3}}})


def two_servers(direct, pooled):
    """Two of each, for REQUESTS requests at once."""
    return {
        "gunicorn, 3 threads": lambda: gunicorn("--threads 3", **direct),
        "gunicorn, 9 threads": lambda: gunicorn("--threads 9", **direct),
        "uvicorn": lambda: uvicorn(**direct),
        "gunicorn, 9 threads, Django's pool of 3": lambda: gunicorn(
            "--threads 9", DATABASE=POOL, **direct
        ),
        "gunicorn, 9 threads, PgBouncer with 6": lambda: gunicorn(
            "--threads 9", **pooled
        ),
    }
# --8<-- [end:cases]


def load(servers, administrator):
    """Half of the requests to each server; answers, and most connections."""
    count = (
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type ="
        " 'client backend' AND pid <> pg_backend_pid()"
    )
    most = 0
    with ThreadPoolExecutor() as pool:
        halves = [
            pool.submit(at_once, REQUESTS // 2, f"{server.url}/query/")
            for server in servers
        ]
        while not all(half.done() for half in halves):
            [now] = administrator.execute(count).fetchone()
            most = max(most, now)
    answers = [answer for half in halves for answer in half.result()]
    good = all(answer.status_code == 200 for answer in answers)
    refused = any("too many clients" in answer.text for answer in answers)
    # A connection that is closed goes on for a moment beside the next one.
    bound = "13 or more" if most > 12 else "fewer than 13"
    return "yes" if good else "no", "yes" if refused else "no", bound


@contextmanager
def two(make):
    with ExitStack() as running, ThreadPoolExecutor() as pool:
        yield list(pool.map(running.enter_context, (make(), make())))


with ExitStack() as running:
    start = running.enter_context
    server = start(PostgreSQL(f"-c max_connections={MAX_CONNECTIONS}"))
    bouncer = start(PgBouncer(server.url, HERE / "pgbouncer.ini"))
    administrator = start(server.connect())
    cases = two_servers(
        {"DATABASE_URL": server.url, "DEBUG": "yes"},
        {"DATABASE_URL": bouncer.url, "DEBUG": "yes"},
    )
    rows = []
    for name, make in cases.items():
        with two(make) as servers:
            rows.append((name, *load(servers, administrator)))
table(
    (
        f"two servers, {REQUESTS} requests at once",
        "all answered",
        "too many clients",
        "most connections",
    ),
    *rows,
)
