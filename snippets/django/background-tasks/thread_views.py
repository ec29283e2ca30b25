"""Views that start threads."""

import os
import threading
import time

from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path
from jobs import mailbox, work, work_to_the_end
from shop.models import Author, Book

if "TO_THE_END" in os.environ:
    work = work_to_the_end


# --8<-- [start:view]
def start_thread(request, job_id):
    daemon = "daemon" in request.GET
    threading.Thread(target=work, args=[job_id], daemon=daemon).start()
    return HttpResponse(status=202)
# --8<-- [end:view]


# --8<-- [start:faults]
def bug():
    raise ConnectionError("the mail server is down")


def fails(request):
    bug()


def fails_in_a_thread(request):
    threading.Thread(target=bug).start()
    return HttpResponse(status=202)


@transaction.atomic
def row_not_committed(request):
    author = Author.objects.create(name="Ann")
    thread = threading.Thread(target=look_for, args=[author.pk])
    thread.start()
    thread.join()  # a slow view: the thread is sure to be first
    return HttpResponse(status=202)


def look_for(pk):
    try:
        mailbox.set("row in the thread", Author.objects.filter(pk=pk).count())
    finally:
        connection.close()


def queries_in_a_thread(request):
    job = count_and_close if "close" in request.GET else count_books
    threading.Thread(target=job).start()
    return HttpResponse(status=202)


def count_books():
    Book.objects.count()
    mailbox.incr("queried")
    time.sleep(3)  # calls a slow API
    mailbox.incr("ended")


def count_and_close():
    try:
        count_books()
    finally:
        connection.close()
# --8<-- [end:faults]


urlpatterns = [
    path("thread/<job_id>", start_thread),
    path("fails", fails),
    path("fails-in-a-thread", fails_in_a_thread),
    path("row-not-committed", row_not_committed),
    path("queries-in-a-thread", queries_in_a_thread),
]
