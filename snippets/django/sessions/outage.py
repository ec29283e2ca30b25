# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "redis", "gunicorn", "httpx"]
#
# [tool.acked]
# starts = ["postgresql", "redis"]
# timeout = 180
# ///
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))
os.environ["DJANGO_SETTINGS_MODULE"] = "session_settings"

import httpx
from acked.services import Gunicorn, PostgreSQL, Redis
from django.db import connection
from shop.script import start, table

ENGINES = {
    "`db`": ("db", "default"),
    "`cache`": ("cache", "default"),
    "`cached_db`": ("cached_db", "default"),
    "the same, failing open": ("cached_db", "open"),
    "`file`": ("file", "default"),
    "`signed_cookies`": ("signed_cookies", "default"),
}


class Site:
    """A gunicorn with one session engine, and its visitors."""

    def __init__(self, engine, alias, stack):
        path = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        env = {
            **{name: os.environ[name] for name in ADDRESSES},
            "DJANGO_SETTINGS_MODULE": "session_settings",
            "PYTHONPATH": path,
            "SESSION_ENGINE": f"django.contrib.sessions.backends.{engine}",
            "SESSION_CACHE_ALIAS": alias,
        }
        self.server = Gunicorn("shop.wsgi", PROJECT, env=env)
        self.stack = stack

    def visitor(self, *views):
        client = httpx.Client(base_url=self.server.url, timeout=60)
        self.stack.enter_context(client)
        for view in views:
            assert client.get(view).status_code == 200
        return client


def ask(client, view):
    """What the page said; the status if it is an error."""
    answer = client.get(view)
    if answer.status_code == 200:
        return answer.text
    return f"**{answer.status_code}** {answer.text}"


def old_cookies(clients):
    """Other browsers with the same cookies, as a thief would have them."""
    thieves = []
    for client in clients:
        thief = httpx.Client(base_url=client.base_url, cookies=client.cookies)
        thieves.append(stack.enter_context(thief))
    return thieves


ADDRESSES = ("DATABASE_URL", "REDIS_URL", "SESSION_FILE_PATH")
os.environ["SESSION_FILE_PATH"] = tempfile.mkdtemp()
with (
    PostgreSQL() as postgresql,
    Redis() as redis,
    ExitStack() as stack,
    ThreadPoolExecutor() as pool,
):
    os.environ["DATABASE_URL"] = postgresql.url
    os.environ["REDIS_URL"] = redis.url
    start()
    from django.contrib.auth.models import User

    User.objects.create(username="ann")
    connection.close()
    sites = [Site(*engine, stack) for engine in ENGINES.values()]
    list(pool.map(lambda site: stack.enter_context(site.server), sites))

    def visitors(*views):
        return [site.visitor(*views) for site in sites]

    def users():
        return visitors("/sign_in")

    def all_ask(clients, view):
        return list(pool.map(lambda client: ask(client, view), clients))

    facts = {}
    # --8<-- [start:outages]
    cleared = users()
    redis.cli("FLUSHALL")
    facts["`FLUSHALL`"] = all_ask(cleared, "/read")

    readers, writers, leavers = users(), users(), users()
    shoppers = visitors("/write")
    absent, thieves = users(), old_cookies(leavers)
    redis.cli("SAVE")
    redis.kill()
    facts["Redis is down: a page reads"] = all_ask(readers, "/read")
    facts["a page writes"] = all_ask(writers, "/write")
    facts["a new visitor reads"] = all_ask(visitors(), "/read")
    facts["a new visitor logs in"] = all_ask(visitors(), "/sign_in")
    facts["a visitor with a session logs in"] = all_ask(shoppers, "/sign_in")
    facts["logout"] = all_ask(leavers, "/sign_out")
    redis.start()
    facts["Redis is back with its data: who had read"] = all_ask(
        readers, "/read"
    )
    facts["who had not come"] = all_ask(absent, "/read")
    facts["the old cookie of who had logged out"] = all_ask(thieves, "/read")

    newer = users()
    redis.kill()
    redis.start()
    facts["restart, nothing saved in between"] = all_ask(newer, "/read")

    unlucky = users()
    with redis.frozen():
        facts["Redis is frozen: a page reads"] = all_ask(unlucky, "/read")

    users_then = users()
    postgresql.stop()
    facts["PostgreSQL is down: a page reads"] = all_ask(users_then, "/read")
    facts["a page reads `request.user`"] = all_ask(users_then, "/user")
    # --8<-- [end:outages]

table(("", *ENGINES), *((what, *answers) for what, answers in facts.items()))
