"""For programs outside the project that use it, such as the experiments."""

import os

import django
from django.core.management import call_command


def start(settings=None, database=True):
    """Set Django up; with `database`, make the tables and empty them.

    `settings`: a module to use instead of the one that the environment names.
    """
    if settings:
        os.environ["DJANGO_SETTINGS_MODULE"] = settings
    django.setup()
    if database:
        call_command("migrate", verbosity=0)
        call_command("flush", verbosity=0, interactive=False)


def table(*rows):
    """Print rows as a Markdown table; the first one is the head."""
    head, *body = rows
    for row in (head, ["---"] * len(head), *body):
        print("|", " | ".join(str(cell) for cell in row), "|")
