# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "redis", "psycopg[binary]"]
#
# [tool.acked]
# services = ["redis", "postgresql"]
# timeout = 120
# ///
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))
os.environ["DJANGO_SETTINGS_MODULE"] = "private_settings"

from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.cache import cache_control, cache_page
from django.views.decorators.vary import vary_on_cookie
from shop.script import start, table

start()

from django.contrib.auth.models import User

renders = []


# --8<-- [start:views]
def account(request):
    renders.append(request.user.username)
    return HttpResponse(f"the account of {request.user.username}")


@cache_page(60)
def cached(request):
    return account(request)


@vary_on_cookie
@cache_page(60)
def vary_outside(request):
    return account(request)


@cache_page(60)
@vary_on_cookie
def vary_inside(request):
    return account(request)


@cache_page(60)
@cache_control(private=True)
def private(request):
    return account(request)
# --8<-- [end:views]


def visit(view):
    cache.clear()
    renders.clear()
    answers = [
        client.get(f"/{view.__name__}") for client in (ann, bob, ann, bob)
    ]
    names = [answer.text.split()[-1] for answer in answers]
    return answers[0].get("Vary", ""), ", ".join(names), len(renders)


VIEWS = (account, cached, vary_outside, vary_inside, private)
urlpatterns = [path(view.__name__, view) for view in VIEWS]
clients = []
for name in ("ann", "bob"):
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create(username=name))
    clients.append(client)
ann, bob = clients
rows = [(f"`{view.__name__}`", *visit(view)) for view in VIEWS]
table(
    ("view", "first answer's `Vary`", "ann, bob, ann, bob see", "rendered"),
    *rows,
)
