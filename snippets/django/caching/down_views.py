"""The one page of a site whose cache goes down."""

import sys

from django.core.cache import cache
from django.http import HttpResponse
from django.urls import path


# --8<-- [start:view]
def price(request):
    if cache.get("price") is None:
        cache.set("price", 10)
        return HttpResponse("computed")
    return HttpResponse("cached")
# --8<-- [end:view]


def handler500(request):
    """A 500 that names the exception."""
    return HttpResponse(f"`{sys.exc_info()[0].__name__}`", status=500)


urlpatterns = [path("", price)]
