"""A view that waits in the database until the experiment lets it go."""

from django.db import OperationalError, connection
from django.http import HttpResponse
from django.urls import path


def held(request):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(1)")
    except OperationalError as error:
        names = type(error).__name__, type(error.__cause__).__name__
        return HttpResponse(" from ".join(names), status=503)
    return HttpResponse("answered")


urlpatterns = [path("", held)]
