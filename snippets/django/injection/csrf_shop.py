"""What the snippets on CSRF share: a book, a user, and the shop's server."""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start, table

start("csrf_settings")

from acked.services import Gunicorn
from django.contrib.auth.models import User
from shop.models import Author, Book, Order

__all__ = ["HERE", "PROJECT", "environment", "orders", "serve", "table"]

Book.objects.create(
    title="Dune", author=Author.objects.create(name="Herbert"), stock=3
)
User.objects.create(username="ann")


def environment(settings="csrf_settings", **vary):
    paths = [str(HERE), os.environ.get("PYTHONPATH", "")]
    return {
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": os.pathsep.join(paths),
        "VARY": json.dumps(vary),
    }


def serve(settings="csrf_settings", **vary):
    """The shop behind gunicorn, with these settings."""
    env = environment(settings, **vary)
    return Gunicorn("shop.wsgi", PROJECT, "--access-logfile -", env)


# Django refuses the thread in which playwright has its event loop.
elsewhere = ThreadPoolExecutor(max_workers=1)


def orders():
    """Whose orders were made since the last call."""
    return elsewhere.submit(take_orders).result()


def take_orders():
    found = [
        order.customer.username if order.customer else "anonymous"
        for order in Order.objects.select_related("customer")
    ]
    Order.objects.all().delete()
    return found
