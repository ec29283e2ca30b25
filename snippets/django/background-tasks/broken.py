"""A management command with a bug."""

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    def handle(self, *args, **options):
        raise ConnectionError("the mail server is down")
