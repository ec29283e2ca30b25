# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "gunicorn", "httpx"]
#
# [tool.acked]
# starts = ["postgresql"]
# timeout = 240
# ///
import httpx
from lab import gunicorn, make_tables

from acked.services import PostgreSQL


def asked(app, page):
    response = httpx.get(f"{app.url}/{page}", timeout=30)
    wait = response.headers.get("Retry-After")
    return f"{response.status_code}, Retry-After {wait}" if wait else (
        response.status_code
    )


PAGES = {
    "a page with a query": "books",
    "a page without": "about",
    "readiness": "ready",
    "a bug in a query": "bug",
    "a bug in Python": "broken",
}

with PostgreSQL() as server:
    make_tables(server)
    from shop.script import table

    app = gunicorn(server.url, {"CONN_MAX_AGE": 600})
    app.extra_env["DJANGO_SETTINGS_MODULE"] = "polite_settings"
    with app:
        up = [asked(app, page) for page in PAGES.values()]
        server.stop()
        down = [asked(app, page) for page in PAGES.values()]
        server.start()
        again = [asked(app, page) for page in PAGES.values()]
    table(
        ("", "the server is up", "down", "up again"),
        *zip(PAGES, up, down, again, strict=True),
    )
