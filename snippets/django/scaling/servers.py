"""Real web servers with this page's views, and requests to them."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from acked.services import Gunicorn, Uvicorn

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
PATH = f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"


def client():
    return httpx.Client(
        timeout=60, trust_env=False, headers={"Connection": "close"}
    )


def variables(env):
    return {"DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": PATH, **env}


def gunicorn(options="", **env):
    return Gunicorn("shop.wsgi", PROJECT, options, variables(env))


def uvicorn(options="", **env):
    return Uvicorn("shop.asgi:application", PROJECT, options, variables(env))


def at_once(count, url):
    """Send so many requests at the same time; their answers."""
    with client() as http, ThreadPoolExecutor(count) as pool:
        sent = [pool.submit(http.get, url) for _ in range(count)]
        return [one.result() for one in sent]


def most_at_once(intervals):
    """How many of these (began, ended) were in progress together."""
    intervals = list(intervals)
    return max(
        sum(began <= moment < ended for began, ended in intervals)
        for moment, _ in intervals
    )
