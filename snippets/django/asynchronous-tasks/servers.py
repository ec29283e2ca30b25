"""Real web servers with this page's views, and requests to them."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from acked.services import Daphne, Gunicorn, Uvicorn

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
PATH = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
client = httpx.Client(
    timeout=60, trust_env=False, headers={"Connection": "close"}
)


def variables(env):
    return {"DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": PATH, **env}


def uvicorn(**env):
    return Uvicorn("shop.asgi:application", PROJECT, env=variables(env))


def daphne(**env):
    return Daphne("shop.asgi:application", PROJECT, env=variables(env))


def gunicorn(options="", **env):
    return Gunicorn("shop.wsgi", PROJECT, options, variables(env))


def get(server, view):
    return client.get(f"{server.url}/{view}/")


def at_once(count, server, view):
    """Send so many requests at the same time; their answers."""
    with ThreadPoolExecutor(count) as pool:
        sent = [pool.submit(get, server, view) for _ in range(count)]
        return [one.result() for one in sent]


def most_at_once(intervals):
    """How many of these (began, ended, …) were in progress together."""
    intervals = list(intervals)
    return max(
        sum(began <= moment < ended for began, ended, *_ in intervals)
        for moment, *_ in intervals
    )
