# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "httpx",
#   "gunicorn", "uvicorn"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from servers import get, gunicorn, uvicorn
from shop.script import start

start()

from shop.models import Author, Book

Book.objects.create(title="Emma", author=Author.objects.create(name="Austen"))
settings = {"ATOMIC_REQUESTS": "yes", "DEBUG": "yes"}
with gunicorn(**settings) as wsgi, uvicorn(**settings) as asgi:
    for server in (wsgi, asgi):
        for view in ("sync_query", "async_query"):
            answer = get(server, view)
            reasons = set(re.findall("You cannot use .*views[.]", answer.text))
            print(f"{server.name} {view}:", answer.status_code, *reasons)
