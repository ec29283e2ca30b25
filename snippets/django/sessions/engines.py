"""The five session engines, one at a time, inside one process."""

from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.test.utils import override_settings

ENGINES = ["db", "cache", "cached_db", "file", "signed_cookies"]
server = redis.from_url(settings.REDIS["LOCATION"])


@contextmanager
def using(engine):
    """Settings with this engine; gives its SessionStore class."""
    name = f"django.contrib.sessions.backends.{engine}"
    with override_settings(SESSION_ENGINE=name):
        yield import_module(name).SessionStore


def browser(cookie=None):
    """A visitor with a site of his own making, perhaps with this cookie."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    if cookie:
        client.cookies["sessionid"] = cookie
    return client


def cookie_of(client):
    return client.cookies["sessionid"].value


def forget_all():
    """Empty every store, whichever engine wrote to it."""
    Session.objects.all().delete()
    server.flushdb()
    for file in Path(settings.SESSION_FILE_PATH).iterdir():
        file.unlink()
