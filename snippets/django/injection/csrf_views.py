"""One order form, and views that take the order with and without a check."""

from asgiref.sync import sync_to_async
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from shop.models import Book, Order


def form(request):
    comment = request.GET.get("comment", "")
    return render(request, "form.html", {"comment": comment})


def bare_form(request):
    return HttpResponse(render_to_string("form.html"))


# --8<-- [start:views]
def order(request):
    customer = request.user if request.user.is_authenticated else None
    Order.objects.create(book=Book.objects.get(), customer=customer)
    return HttpResponse("ordered")


async def async_order(request):
    return await sync_to_async(order)(request)


@csrf_exempt
def exempt_order(request):
    return order(request)
# --8<-- [end:views]


def sign_in(request):
    """Stands for a login page; who it is does not matter here."""
    login(request, User.objects.get(username="ann"))
    response = HttpResponse("hello")
    response.set_cookie("theme", "dark")
    return response


urlpatterns = [
    path("form", form),
    path("bare-form", bare_form),
    path("sign-in", sign_in),
    path("order", order, name="order"),
    path("async-order", async_order),
    path("exempt-order", exempt_order),
]
