"""A middleware that says 503, and a view for the load balancer."""

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponse


# --8<-- [start:middleware]
class SayUnavailable:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if not isinstance(error, (DatabaseError, InterfaceError)):
            return None
        if connection.is_usable():
            return None  # the query is at fault, not the connection
        return HttpResponse(status=503, headers={"Retry-After": "5"})
# --8<-- [end:middleware]


# --8<-- [start:ready]
def ready(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ready")
# --8<-- [end:ready]
