"""The management command; a copy of it lies in an app's commands folder."""

# --8<-- [start:command]
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from jobs import work

KEY = 20261122  # any number that nothing else uses


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("job")

    def handle(self, *args, **options):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [KEY])
            [locked] = cursor.fetchone()
        if not locked:
            raise CommandError("another run is still going", returncode=75)
        work(options["job"])
        self.stdout.write("done")
# --8<-- [end:command]
