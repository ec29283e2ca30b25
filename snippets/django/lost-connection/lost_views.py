"""The pages that the experiments ask for."""

from contextlib import suppress

from django.db import OperationalError, connection
from django.http import HttpResponse
from django.urls import path
from shop.models import Author, Book


# --8<-- [start:books]
def books(request):
    return HttpResponse(Book.objects.count())
# --8<-- [end:books]


def twice(request):
    with suppress(OperationalError):
        Book.objects.count()
    return HttpResponse(Book.objects.count())


def add(request):
    author = Author.objects.get()
    Book.objects.create(author=author, title="Two Scoops")
    return HttpResponse("added")


def bug(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column")


def broken(request):
    return HttpResponse({"title": "Two Scoops"}["price"])


def about(request):
    """Needs no database."""
    return HttpResponse("about us")


def session(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return HttpResponse(cursor.fetchone()[0])


def slow(request, milliseconds):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [milliseconds / 1000])
    return HttpResponse("done")


urlpatterns = [
    path("books", books),
    path("twice", twice),
    path("add", add),
    path("bug", bug),
    path("broken", broken),
    path("about", about),
    path("session", session),
    path("slow/<int:milliseconds>", slow),
]
