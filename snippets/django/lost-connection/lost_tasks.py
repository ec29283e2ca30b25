"""Tasks for a worker whose sessions are killed."""

import psycopg
from celery import shared_task
from django.db import OperationalError, connection


# --8<-- [start:session]
@shared_task
def session():
    """Which session of PostgreSQL does this task use?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]
# --8<-- [end:session]


@shared_task
def lose_and_query():
    """Its session is killed; then it makes two queries."""
    place = connection.get_connection_params()
    address = {name: place[name] for name in ("host", "port", "user", "dbname")}
    pid = session()
    with psycopg.connect(**address) as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    return ", ".join(outcome() for _ in range(2))


def outcome():
    try:
        session()
    except OperationalError:
        return "failed"
    return "fine"
