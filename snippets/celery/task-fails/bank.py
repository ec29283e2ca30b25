"""A small HTTP server that fails on purpose, on a free port."""

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Bank(BaseHTTPRequestHandler):
    """Counts requests by path, and transfers by idempotency key."""

    requests = Counter()
    transfers = Counter()
    keys = set()

    def do_GET(self):
        self.requests[self.path] += 1
        if self.path == "/hangs":
            time.sleep(600)
        status = {"/500": 500, "/404": 404}.get(self.path, 200)
        # /recovers answers properly from its third request on.
        if self.path == "/recovers" and self.requests[self.path] < 3:
            status = 503
        self.answer(status)

    def do_POST(self):
        """Book, then lose the first answer to each path."""
        self.requests[self.path] += 1
        key = self.headers.get("Idempotency-Key")
        if key is None or key not in self.keys:
            self.transfers[self.path] += 1
        self.keys.add(key)
        if self.requests[self.path] == 1:
            self.close_connection = True
            self.connection.close()
        else:
            self.answer(200)

    def answer(self, status):
        body = f"answer {status}".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            pass  # the connection that was closed on purpose

    def log_message(self, *args):
        """Says nothing."""


def open_bank():
    """Its address; it runs in a thread of this process."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bank)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
