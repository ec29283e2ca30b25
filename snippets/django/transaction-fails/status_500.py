# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# ///
import threading
from urllib.error import HTTPError
from urllib.request import urlopen
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

from shop import User, create_tables, table


# --8<-- [start:views]
def raises(request):
    User.objects.create(username="ann")
    raise RuntimeError("a bug")


def returns_500(request):
    User.objects.create(username="ann")
    return HttpResponse("sorry", status=500)


def sets_rollback(request):
    User.objects.create(username="ann")
    if request.GET["atomic"] == "True":
        transaction.set_rollback(True)
    return HttpResponse("sorry", status=500)


def streams(request):
    def rows():
        yield User.objects.create(username="ann").username
        raise RuntimeError("a bug")

    return StreamingHttpResponse(rows())
# --8<-- [end:views]


VIEWS = (raises, returns_500, sets_rollback, streams)
urlpatterns = [path(view.__name__, view) for view in VIEWS]
settings.ROOT_URLCONF = __name__
