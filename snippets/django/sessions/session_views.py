"""Views that sign in, read the session and write to it."""

import sys

from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import path


def sign_in(request):
    login(request, User.objects.get(username="ann"))
    request.session["cart"] = "3 books"
    return HttpResponse("welcome")


def sign_out(request):
    logout(request)
    return HttpResponse("goodbye")


# --8<-- [start:views]
def read(request):
    return HttpResponse(request.session.get("cart", "nobody"))


def write(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return HttpResponse(request.session["visits"])


def user(request):
    return HttpResponse(request.user.username or "nobody")
# --8<-- [end:views]


def handler500(request):
    """A 500 that names the exception."""
    return HttpResponse(f"`{sys.exc_info()[0].__name__}`", status=500)


urlpatterns = [
    path(view.__name__, view)
    for view in (sign_in, sign_out, read, write, user)
]
