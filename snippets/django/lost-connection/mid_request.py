# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "httpx"]
#
# [tool.acked]
# starts = ["postgresql"]
# environments = ["django-5-2"]
# timeout = 240
# ///
import threading
from contextlib import nullcontext
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
from lab import make_tables, same_on_django_5_2, sessions

from acked.services import PostgreSQL, Proxy, wait_until


# --8<-- [start:view]
def view(request, number):
    lose, block = LOSSES[number]
    told = []
    try:
        with block():
            Book.objects.count()
            lose()
            told.append(attempt(kind))
            told.append(attempt(str))
    except OperationalError:
        told.append("raises too")
    else:
        told.append("")
    return JsonResponse({"told": told})


def attempt(describe):
    try:
        Book.objects.count()
    except DatabaseError as error:
        return f"`{describe(error)}`"


def kind(error):
    return f"{type(error).__name__} from {type(error.__cause__).__name__}"
# --8<-- [end:view]


def terminated():
    with server.connect() as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(%s, 5000)", [session()]
        )


def session():
    return connection.connection.info.backend_pid


def restarted():
    server.restart()


def reset():
    proxy.cut()


def idle(setting):
    def too_long():
        with connection.cursor() as cursor:
            cursor.execute(f"SET {setting} = 50")
        wait_until(lambda: not sessions(server), what=setting)

    return too_long


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def close(request):
    connection.close()
    return HttpResponse("the next request connects anew")


def books(request):
    return HttpResponse(Book.objects.count())


with PostgreSQL() as server, Proxy(server.port) as proxy:
    make_tables(server)
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import (
        DatabaseError,
        OperationalError,
        connection,
        connections,
        transaction,
    )
    from django.http import HttpResponse, JsonResponse
    from django.urls import path
    from shop.models import Book

    IN_ATOMIC = ", in `atomic`"
    EXPERIMENTS = {
        "`pg_terminate_backend`": (terminated, nullcontext),
        "the server restarts": (restarted, nullcontext),
        "the network resets the line": (reset, nullcontext),
        "`idle_session_timeout`": (idle("idle_session_timeout"), nullcontext),
        "`pg_terminate_backend`" + IN_ATOMIC: (terminated, transaction.atomic),
        "`idle_in_transaction_session_timeout`" + IN_ATOMIC: (
            idle("idle_in_transaction_session_timeout"),
            transaction.atomic,
        ),
    }
    LOSSES = list(EXPERIMENTS.values())
    urlpatterns = [
        path("close", close),
        path("books", books),
        path("<int:number>", view),
    ]
    settings.ROOT_URLCONF = __name__
    database = connections.settings["default"]
    web = make_server(
        "127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet
    )
    threading.Thread(target=web.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{web.server_port}"

    def answers(number):
        lose, _ = LOSSES[number]
        database["PORT"] = proxy.port if lose is reset else server.port
        httpx.get(f"{url}/close")
        told = httpx.get(f"{url}/{number}", timeout=30).json()["told"]
        return *told, httpx.get(f"{url}/books", timeout=30).status_code

    numbers = range(len(LOSSES))
    rows = [answers(number) for number in numbers]
    database |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    checked = [answers(number) for number in numbers]
    assert rows == checked, ("not the same with checks", rows, checked)
    same_on_django_5_2(
        __file__,
        (
            "lost in mid-request",
            "the next query",
            "one more query",
            "the end of the block",
            "the next request",
        ),
        *((what, *row) for what, row in zip(EXPERIMENTS, rows, strict=True)),
    )
