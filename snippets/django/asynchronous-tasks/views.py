"""The views of this page, for whichever server a run starts."""

import asyncio
import time
from functools import partial

from asgiref.sync import sync_to_async
from django.db.models import DateTimeField, Func, IntegerField, TextField, Value
from django.http import JsonResponse
from django.urls import path

from shop.models import Book, Order
from shop.tasks import confirm_order


# --8<-- [start:three]
def sleeps(request):
    began = begins("sleeps")
    time.sleep(1)
    return interval(began)


async def awaits(request):
    began = begins("awaits")
    await asyncio.sleep(1)
    return interval(began)


async def blocks(request):
    began = begins("blocks")
    time.sleep(1)  # such as requests.get() or a heavy loop
    return interval(began)
# --8<-- [end:three]


def begins(view):
    note(f"{view} began")
    return time.monotonic()


def interval(began):
    return JsonResponse([began, time.monotonic()], safe=False)


async def quick(request):
    return interval(time.monotonic())


# --8<-- [start:ways]
def works(request, order_id):
    time.sleep(2)
    Order.objects.filter(pk=order_id).update(mailed=True)
    return JsonResponse({})


async def mail(order_id):
    await asyncio.sleep(2)
    await Order.objects.filter(pk=order_id).aupdate(mailed=True)


async def awaits_work(request, order_id):
    await mail(order_id)
    return JsonResponse({})


async def creates_task(request, order_id):
    task = asyncio.create_task(mail(order_id))
    running.add(task)  # the event loop itself keeps no strong reference
    return JsonResponse({})


def sends_to_celery(request, order_id):
    confirm_order.delay(order_id)
    return JsonResponse({}, status=202)
# --8<-- [end:ways]


running = set()


# --8<-- [start:gather]
async def a_methods(request):
    return await answer(*(slow_query().aget() for _ in range(3)))


async def own_threads(request):
    get = sync_to_async(slow_query().get, thread_sensitive=False)
    return await answer(*(get() for _ in range(3)))


async def one_query(request):
    return await answer(slow_query().aget())


async def answer(*queries):
    books = await asyncio.gather(*queries)
    return JsonResponse([seen(book) for book in books], safe=False)


async def other_services(request):
    calls = await asyncio.gather(*(call_service() for _ in range(3)))
    return JsonResponse(calls, safe=False)


async def call_service():
    began = time.time()
    await asyncio.sleep(1)  # stands for a call with an async HTTP client
    return [began, time.time(), None]
# --8<-- [end:gather]


def slow_query():
    """One book, after a second, and when and in which connection that was."""
    now = partial(Func, function="clock_timestamp")
    return Book.objects.annotate(
        began=now(output_field=DateTimeField()),
        slept=Func(
            Value(1.0), function="pg_sleep", output_field=TextField()
        ),
        ended=now(output_field=DateTimeField()),
        connection=Func(
            function="pg_backend_pid", output_field=IntegerField()
        ),
    )


def seen(book):
    return [book.began.timestamp(), book.ended.timestamp(), book.connection]


# --8<-- [start:connection]
def sync_query(request):
    return JsonResponse(connection_ids().get(), safe=False)


async def async_query(request):
    return JsonResponse(await connection_ids().aget(), safe=False)


def connection_ids():
    backend = Func(function="pg_backend_pid", output_field=IntegerField())
    return Book.objects.values_list(backend, flat=True)
# --8<-- [end:connection]


# --8<-- [start:delay]
async def delay(request):
    confirm_order.delay(1)
    return JsonResponse({}, status=202)


async def delay_in_a_thread(request):
    await sync_to_async(confirm_order.delay)(1)
    return JsonResponse({}, status=202)
# --8<-- [end:delay]


# --8<-- [start:disconnect]
async def async_view(request):
    note("async view began")
    try:
        await asyncio.sleep(2)
        note("async view finished")
    except asyncio.CancelledError:
        note("async view: CancelledError")
        raise
    return JsonResponse({})


def sync_view(request):
    note("sync view began")
    time.sleep(2)
    note("sync view finished")
    return JsonResponse({})
# --8<-- [end:disconnect]


def note(text):
    print(text, flush=True)  # into the server's log




def pages(*views):
    return [path(f"{view.__name__}/", view) for view in views]


urlpatterns = [
    *pages(sleeps, awaits, blocks, quick),
    *pages(a_methods, own_threads, one_query, other_services),
    *pages(sync_query, async_query),
    *pages(delay, delay_in_a_thread, async_view, sync_view),
    *(
        path(f"{view.__name__}/<int:order_id>/", view)
        for view in (works, awaits_work, creates_task, sends_to_celery)
    ),
]
