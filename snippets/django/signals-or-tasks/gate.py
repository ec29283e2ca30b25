"""An app: one slow mail, sent by a receiver or by a task."""

import os

import redis
from celery import shared_task
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

notes = redis.Redis.from_url(
    os.environ.get("REDIS_URL", "redis://localhost:6379/0"),
    decode_responses=True,
    socket_timeout=60,
)


# --8<-- [start:mail]
@shared_task
def mail(order_id):
    from shop.models import Order

    notes.rpush("mail begins", order_id)
    notes.blpop(["the mail server answers"])
    Order.objects.filter(pk=order_id).update(mailed=True)


@receiver(post_save, sender="shop.Order")
def send_mail(sender, instance, **kwargs):
    if instance.reference == "receiver":
        mail(instance.pk)  # a plain call
    if instance.reference == "task":
        mail.delay_on_commit(instance.pk)
# --8<-- [end:mail]


@csrf_exempt
def buy(request, how):
    from shop.models import Book, Order

    order = Order.objects.create(book=Book.objects.get(), reference=how)
    return JsonResponse({"order": order.pk}, status=201)


urlpatterns = [path("<how>/", buy)]
