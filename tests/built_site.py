"""The built site, served, and a browser to visit it with: fixtures for all tests of it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from mkdocs.utils.yaml import yaml_load
from playwright.sync_api import Browser, Page, Route, sync_playwright

ROOT = Path(__file__).parent.parent
SITE = Path(os.environ.get("ACKED_SITE") or ROOT / "site")
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # The corner of a table with names on two sides may be empty.
    "rules": {"empty-table-header": {"enabled": False}},
    "resultTypes": ["violations"],  # what passed is megabytes to tell, and nobody reads it
}
BROWSERS = (
    "chromium",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def urls(nav: list[Any]) -> list[str]:
    """The address of every page in nav, relative to the site."""
    found: list[str] = []
    for entry in nav:
        value = next(iter(entry.values())) if isinstance(entry, dict) else entry
        if isinstance(value, list):
            found += urls(value)
        else:
            found.append("" if value == "index.md" else value.removesuffix(".md") + "/")
    return found


PAGES = urls(yaml_load((ROOT / "mkdocs.yml").read_text())["nav"])
QUESTIONS = [url for url in PAGES if url.count("/") == 2]


class Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A browser that went away; what it misses, the tests see."""


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the built site."""
    if not (SITE / "questions.json").exists():
        pytest.fail("site/ is not built; make site", pytrace=False)
    handler = partial(Files, directory=str(SITE))
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.fail("chromium is not installed; apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """A fresh visitor: nothing cached, no other host to be reached."""

    def __init__(self, browser: Browser, site: str, width: int = 1280, **options: Any) -> None:
        self.site = site
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self.asked_for: list[str] = []
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        self.context.route("**/*", self.let_through)
        self.page = self.context.new_page()
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def let_through(self, route: Route) -> None:
        url = route.request.url
        self.asked_for.append(url)
        if url.startswith(self.site):
            route.continue_()
        else:
            self.strangers.append(url)
            route.abort()

    def open(self, url: str) -> Page:
        answer = self.page.goto(self.site + url, wait_until="load")
        assert answer and answer.ok, f"{url}: {answer and answer.status}"
        return self.page

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
