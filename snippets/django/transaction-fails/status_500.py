# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]"]
#
# [tool.acked]
# services = ["postgresql"]
# ///
import io
import threading
from urllib.error import HTTPError
from urllib.request import urlopen
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections, transaction
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
    transaction.set_rollback(True)
    return HttpResponse("sorry", status=500)


def streams(request):
    def body():
        yield User.objects.create(username="ann").username
        raise RuntimeError("a bug")

    return StreamingHttpResponse(body())


async def asynchronous(request):
    await User.objects.acreate(username="ann")
    return HttpResponse("welcome")
# --8<-- [end:views]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass

    def get_stderr(self):
        return io.StringIO()


def get(view):
    """The HTTP status of one request, and how many rows it left."""
    url = f"http://127.0.0.1:{server.server_port}/{view.__name__}"
    try:
        with urlopen(url) as response:
            response.read()
            status = response.status
    except HTTPError as error:
        status = error.code
    return f"{status}, {User.objects.all().delete()[0]}"


VIEWS = (raises, returns_500, sets_rollback, streams, asynchronous)
urlpatterns = [path(view.__name__, view) for view in VIEWS]
settings.ROOT_URLCONF = __name__
create_tables()
server = make_server(
    "127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet
)
threading.Thread(target=server.serve_forever, daemon=True).start()
answers = {}
for on in (False, True):
    connections.settings["default"]["ATOMIC_REQUESTS"] = on
    answers[on] = [get(view) for view in VIEWS]
server.shutdown()
names = [f"`{view.__name__}`" for view in VIEWS]
table(
    ("HTTP status, rows saved", "`ATOMIC_REQUESTS` off", "on"),
    *zip(names, answers[False], answers[True], strict=True),
)
