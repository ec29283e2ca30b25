# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "gunicorn", "httpx"]
#
# [tool.acked]
# starts = ["postgresql"]
# timeout = 240
# ///
import threading
import time

from lab import get, gunicorn, make_tables, promote, standby_of

from acked.services import PostgreSQL, wait_until

events = []


def note(lane, mark, text):
    events.append((time.monotonic(), lane, mark, text))


def visitor():
    """Asks all the time; notes when the answer changes."""
    last = None
    while not over.is_set():
        code = get(app, "add")
        if code != last:
            note("requests", "+" if code == 200 else "x", str(code))
            last = code
        time.sleep(0.05)


def answer_is(code):
    wait_until(
        lambda: events[-1][1:] == ("requests", *code), what=f"a {code}"
    )


with PostgreSQL() as primary:
    make_tables(primary)
    from django.db import connection
    from shop.models import Author

    Author.objects.create(name="Ann")
    connection.close()
    with standby_of(primary) as standby:
        settings = {
            "HOST": "127.0.0.1,127.0.0.1",
            "PORT": f"{primary.port},{standby.port}",
            "OPTIONS": {"target_session_attrs": "read-write"},
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
        with gunicorn(primary.url, settings) as app:
            over = threading.Event()
            asking = threading.Thread(target=visitor)
            note("primary", "+", "serves")
            note("standby", ".", "follows, read-only")
            asking.start()
            answer_is(("+", "200"))
            note("primary", "x", "SIGKILL")
            primary.kill()
            answer_is(("x", "500"))
            note("standby", "+", "pg_promote()")
            promote(standby)
            answer_is(("+", "200"))
            over.set()
            asking.join()
    for at, lane, mark, text in events:
        print(f"{at - events[0][0]:.2f}  {lane}  {mark}  {text}")
