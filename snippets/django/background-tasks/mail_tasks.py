"""The same work as a task of Django and as a task of Celery."""

from celery import shared_task
from django.tasks import task
from jobs import mailbox, work
from shop.models import Order


# --8<-- [start:django]
@task
def send_receipt(order_id):
    order = Order.objects.get(pk=order_id)
    mailbox.rpush("receipts", order.reference)
    return order.reference
# --8<-- [end:django]


@task
def fail():
    mailbox.rpush("receipts", "fails")
    raise ConnectionError("the mail server is down")


@task
def run_task(job_id):
    work(job_id)


@shared_task
def run_celery(job_id):
    work(job_id)


@shared_task(acks_late=True)
def run_celery_late(job_id):
    work(job_id)
