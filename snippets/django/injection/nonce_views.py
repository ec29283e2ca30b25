from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import cache_page


def page(request):
    return render(request, "nonce.html")


# --8<-- [start:urls]
urlpatterns = [
    path("page", page),
    path("cached", cache_page(60)(page)),
]
# --8<-- [end:urls]
