"""An app whose receiver notes in which program it ran."""

import json
import os
import sys
from pathlib import Path

import redis
from celery import shared_task
from django.apps import AppConfig
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

notes = redis.Redis.from_url(
    os.environ.get("REDIS_URL", "redis://localhost:6379/0"),
    decode_responses=True,
)


def program():
    started = Path(sys.argv[0])
    return started.parent.name if "__main__" in started.name else started.name


# --8<-- [start:app]
class AuditConfig(AppConfig):
    name = "audit"

    def ready(self):
        from django.db.models.signals import post_save

        post_save.connect(note, sender="shop.Author")


def note(sender, instance, **kwargs):
    notes.rpush("seen", json.dumps([instance.name, program()]))
# --8<-- [end:app]


@shared_task
def save_in_worker():
    save("in a Celery worker")


@csrf_exempt
def save_in_view(request):
    save("in a view")
    return HttpResponse("saved")


def save(name):
    from shop.models import Author

    Author.objects.create(name=name)


urlpatterns = [path("", save_in_view)]
