"""A small book shop, which the answers on Django share.

Start it with a PostgreSQL of your own:

    pip install "Django" "celery[redis]" "psycopg[binary]" dj-database-url
    export DATABASE_URL=postgresql://postgres@localhost/postgres
    python manage.py migrate && python manage.py runserver
"""

from shop.celery import app as celery_app

__all__ = ["celery_app"]
