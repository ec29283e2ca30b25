# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
#     "gunicorn", "playwright",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# starts = ["chromium"]
# timeout = 120
# ///
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from acked.services import browser, wait_until
from django.template.loader import render_to_string

from csrf_shop import orders, serve, table

NOTHING = "data:,"


class Foreign(BaseHTTPRequestHandler):
    """A server of somebody else, with one page."""

    targets = {}

    def do_GET(self):
        page = render_to_string("foreign.html", self.targets).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


def lure(chromium, shop, host, element, path):
    """ann signs in, then meets the foreign page; what the shop did for her."""
    orders()
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{shop.url}/sign-in")
    page.goto(f"{shop.url}/form")  # she has the CSRF cookie, too
    Foreign.targets = {"form": NOTHING, "link": NOTHING, "picture": NOTHING}
    Foreign.targets[element] = f"{shop.url}{path}"
    before = len(shop.log())
    page.goto(f"http://{host}:{foreign.server_port}/")
    if element == "form":
        page.click("button")
    elif element == "link":
        page.click("a")
    line = re.compile(rf'"(?:GET|POST) {path} HTTP/1.1" (\d+)')
    [status] = wait_until(lambda: line.findall(shop.log()[before:]), 20, path)
    context.close()
    return f"{status}, " + (", ".join(orders()) or "no order")


CASES = (
    ("form to a protected view", "form", "/order"),
    ("form to a `csrf_exempt` view", "form", "/exempt-order"),
    ("link to a GET that orders", "link", "/order"),
    ("picture from a GET that orders", "picture", "/order"),
)
foreign = ThreadingHTTPServer(("127.0.0.1", 0), Foreign)
threading.Thread(target=foreign.serve_forever, daemon=True).start()
with (
    serve() as lax,
    serve(SESSION_COOKIE_SAMESITE=False) as unsaid,
    browser() as chromium,
):
    table(
        (
            "on the foreign page",
            "another port, `Lax`",
            "another site, `Lax`",
            "another site, no `SameSite`",
        ),
        *(
            (
                what,
                lure(chromium, lax, "127.0.0.1", element, path),
                lure(chromium, lax, "localhost", element, path),
                lure(chromium, unsaid, "localhost", element, path),
            )
            for what, element, path in CASES
        ),
    )
foreign.shutdown()
