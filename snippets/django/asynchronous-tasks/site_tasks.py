"""Tasks of Django's own framework."""

import os
import threading

from django.tasks import task
from shop.models import Order


# --8<-- [start:tasks]
@task
def confirm(order_id):
    Order.objects.filter(pk=order_id).update(mailed=True)
    return [os.getpid(), threading.current_thread().name]


@task
def fail():
    raise RuntimeError("the mail server is down")


@task
def echo(value):
    return value
# --8<-- [end:tasks]
