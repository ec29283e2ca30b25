"""Lighthouse judges the built site, beside a plain page that is served in the same way."""

from __future__ import annotations

import gzip
import json
import mimetypes
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from built_site import SITE

from acked import bootstrap, suite

PLAIN = "plain.html"
PLAIN_TEXT = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Plain</title>
<h1>Plain</h1>
<p>Nothing to load.</p>
"""
QUESTION = "celery/worker-crash/"
FULL_MARKS = ("accessibility", "best-practices", "seo")
# Within a container the browser's own sandbox is not to be had.
FLAGS = "--headless=new --no-sandbox"


class Compressed(BaseHTTPRequestHandler):
    """As a static host sends it."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = self.path.split("?")[0].lstrip("/")
        file = SITE / path / "index.html" if path.endswith("/") or not path else SITE / path
        found = path == PLAIN or file.is_file()
        text = PLAIN_TEXT.encode() if path == PLAIN else file.read_bytes() if found else b""
        body = gzip.compress(text, 6)
        self.send_response(200 if found else 404)
        kind = mimetypes.guess_type(path if "." in path else "index.html")[0]
        self.send_header("Content-Type", kind or "application/octet-stream")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    if not (SITE / "questions.json").exists():
        pytest.fail("site/ is not built; make site", pytrace=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Compressed) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def judged(url: str, *categories: str) -> dict[str, Any]:
    """Lighthouse's report on a page."""
    program = bootstrap.lighthouse() / "node_modules/lighthouse/cli/index.js"
    if not program.exists():
        pytest.fail("lighthouse is not there; make test", pytrace=False)
    node = bootstrap.VENV / "bin/node"
    only = f"--only-categories={','.join(categories)}"
    command = [node, program, url, only, "--quiet", "--output=json", f"--chrome-flags={FLAGS}"]
    env = {**os.environ, "CHROME_PATH": suite.find_chromium() or ""}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize(
    "url", ["", QUESTION, "practice/", "matrix/"], ids=lambda url: url or "home"
)
def test_full_marks(address: str, url: str) -> None:
    report = judged(address + url, *FULL_MARKS)
    faults = [
        (name, part["id"], report["audits"][part["id"]].get("details", {}).get("items"))
        for name in FULL_MARKS
        for part in report["categories"][name]["auditRefs"]
        if part["weight"]
        and (report["audits"][part["id"]]["score"] or 0) < 1
        and report["audits"][part["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual")
    ]
    assert not faults
    assert all(report["categories"][name]["score"] == 1 for name in FULL_MARKS)


def test_performance_beside_a_plain_page(address: str) -> None:
    """What else the machine does only slows a page down, so the best of some rounds counts."""
    best = dict.fromkeys((PLAIN, "", QUESTION), 0.0)
    for _ in range(10):
        for url in best:
            report = judged(address + url, "performance")
            best[url] = max(best[url], report["categories"]["performance"]["score"])
        if min(best.values()) >= 0.95 * best[PLAIN]:
            return
    pytest.fail(f"below 95 % of a plain page in ten rounds: {best}")
