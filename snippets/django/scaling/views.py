"""The views of this page, for whichever server a run starts."""

import time

from django.core.cache import cache
from django.db import connection
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from shop.models import Book, Order
from shop.tasks import confirm_order


# --8<-- [start:order]
@csrf_exempt
def order(request):
    reference = request.GET["reference"]
    Order.objects.create(book=Book.objects.get(), reference=reference)
    time.sleep(1)
    return JsonResponse({"ordered": reference})
# --8<-- [end:order]


# --8<-- [start:state]
def visits(request):
    count = request.session.get("visits", 0) + 1
    request.session["visits"] = count
    return JsonResponse(count, safe=False)


def hits(request):
    cache.add("hits", 0)
    return JsonResponse(cache.incr("hits"), safe=False)
# --8<-- [end:state]


# --8<-- [start:query]
def query(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1)")
    return JsonResponse({})
# --8<-- [end:query]


def sleep(request):
    print("sleep began", flush=True)
    time.sleep(2)
    return JsonResponse({})


# --8<-- [start:queue]
def queue(request, order_id):
    confirm_order.delay(order_id)
    return JsonResponse({}, status=202)
# --8<-- [end:queue]


urlpatterns = [
    path("order/", order),
    path("visits/", visits),
    path("hits/", hits),
    path("query/", query),
    path("sleep/", sleep),
    path("queue/<int:order_id>/", queue),
]
