"""A Django project in one file, for the snippets beside it.

Address: DATABASE_URL. Tables: in a schema of their own, made anew each time.
"""

import os

import django
from django.conf import settings
from django.db import connection, models
from psycopg.conninfo import conninfo_to_dict

DATABASE_URL = os.environ.get(
    "DATABASE_URL", "postgresql://postgres@localhost:5432/postgres"
)
REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
SCHEMA = "transaction_fails"

where = conninfo_to_dict(DATABASE_URL)
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": where["dbname"],
            "USER": where.get("user", ""),
            "PASSWORD": where.get("password", ""),
            "HOST": where.get("host", ""),
            "PORT": where.get("port", ""),
            "OPTIONS": {"options": f"-c search_path={SCHEMA}"},
        }
    },
    CACHES={
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
        }
    },
    USE_TZ=True,
    ALLOWED_HOSTS=["127.0.0.1"],
)
# Celery looks at this variable to see that the project is Django's.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop")
django.setup()


# --8<-- [start:models]
class User(models.Model):
    username = models.CharField(max_length=30, unique=True)

    class Meta:
        app_label = "shop"


class Order(models.Model):
    user = models.ForeignKey(User, models.CASCADE)
    total = models.PositiveIntegerField()  # in PostgreSQL: CHECK (total >= 0)
    request_id = models.UUIDField(unique=True, null=True)

    class Meta:
        app_label = "shop"
# --8<-- [end:models]


def create_tables(*more):
    with connection.cursor() as cursor:
        cursor.execute("SET client_min_messages = warning")
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
    with connection.schema_editor() as editor:
        for model in (User, Order, *more):
            editor.create_model(model)


def table(*rows):
    """Print rows as a Markdown table; the first one is the head."""
    head, *body = rows
    for row in (head, ["---"] * len(head), *body):
        print("|", " | ".join(str(cell) for cell in row), "|")
