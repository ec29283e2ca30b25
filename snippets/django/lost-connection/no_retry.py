# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary,pool]", "gunicorn", "httpx"]
#
# [tool.acked]
# starts = ["postgresql"]
# timeout = 240
# ///
from contextlib import ExitStack

from lab import get, gunicorn, make_tables, started

from acked.services import PostgreSQL, Proxy, wait_until

POOL = {"pool": {"min_size": 1, "max_size": 1, "timeout": 2}}
SETTINGS = {
    "nothing": {},
    "`CONN_MAX_AGE` 600": {"CONN_MAX_AGE": 600},
    "600, health checks": {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True},
    "pool": {"OPTIONS": POOL},
}


def through(proxy):
    return server.url.replace(str(server.port), str(proxy.port))


with PostgreSQL() as server, ExitStack() as stack:
    make_tables(server)
    from shop.script import table

    proxies = [stack.enter_context(Proxy(server.port)) for _ in SETTINGS]
    urls = map(through, proxies)
    apps = started(stack, map(gunicorn, urls, SETTINGS.values()))
    # --8<-- [start:count]
    for app in apps:
        assert get(app) == 200
    before = [proxy.accepted for proxy in proxies]
    server.stop()
    codes = [[get(app) for _ in range(3)] for app in apps]
    tried = [
        proxy.accepted - count
        for proxy, count in zip(proxies, before, strict=True)
    ]
    # --8<-- [end:count]
    asked = [proxy.accepted for proxy in proxies]
    for app in apps[:-1]:
        get(app, "twice")
    tried_twice = [
        proxy.accepted - count
        for proxy, count in zip(proxies, asked, strict=True)
    ]
    now = [proxy.accepted for proxy in proxies]
    wait_until(lambda: proxies[-1].accepted > now[-1], what="the pool")
    alone = [
        "yes" if proxy.accepted > count else "no"
        for proxy, count in zip(proxies, now, strict=True)
    ]
    tried[-1] = "in the background"
    tried_twice[-1] = ""
    table(
        (
            "`DATABASES` has",
            "three requests while it is down",
            "attempts to connect",
            "of one request with two queries",
            "goes on trying between requests",
        ),
        *(
            (name, *facts)
            for name, *facts in zip(
                SETTINGS,
                (" ".join(map(str, one)) for one in codes),
                tried,
                tried_twice,
                alone,
                strict=True,
            )
        ),
    )
