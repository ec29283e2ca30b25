"""A view that is slow between reading the session and writing to it."""

import threading

from django.http import HttpResponse
from django.urls import path

from session_views import urlpatterns as other_views

meeting = threading.Barrier(2)


# --8<-- [start:put]
def put(request, item):
    cart = request.session.get("cart")
    meeting.wait(30)  # here the other request comes this far
    request.session["cart"] = f"{cart} and {item}"
    return HttpResponse("saved")
# --8<-- [end:put]


urlpatterns = [*other_views, path("put/<item>", put)]
