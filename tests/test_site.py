"""The built site in a real browser. `make site` builds it, `ACKED_SITE` names another."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import statistics
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from mkdocs.utils.yaml import yaml_load
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

ROOT = Path(__file__).parent.parent
SITE = Path(os.environ.get("ACKED_SITE") or ROOT / "site")
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # The corner of a table with names on two sides may be empty.
    "rules": {"empty-table-header": {"enabled": False}},
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
every_page = pytest.mark.parametrize("url", PAGES, ids=lambda url: url.strip("/") or "home")
every_question = pytest.mark.parametrize("url", QUESTIONS, ids=lambda url: url.strip("/"))


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


SCHEMES = {"light": "default", "dark": "slate"}
OPEN_ALL = "document.querySelectorAll('article details').forEach(one => one.open = true)"
# Colours and places are judged when they have arrived.
AT_ONCE = """
const sheet = new CSSStyleSheet()
sheet.replaceSync("* { transition: none !important }")
document.adoptedStyleSheets = [sheet]
"""


@every_page
def test_page(site: str, browser: Browser, url: str) -> None:
    """Loads in full and by itself, fits each screen, and can be read by everybody."""
    with Visit(browser, site) as visit:
        page = visit.open(url)
        page.evaluate(OPEN_ALL + ";" + AT_ONCE)
        axe = Axe()
        for scheme, name in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            expect(page.locator("body")).to_have_attribute("data-md-color-scheme", name)
            for width in (1280, 375):
                page.set_viewport_size({"width": width, "height": 900})
                assert not too_wide(page)
                faults = axe.run(page, options=AXE).response["violations"]
                assert not [(f["id"], node["target"]) for f in faults for node in f["nodes"]]
        for width in (320, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            assert not too_wide(page)
        assert (visit.errors, visit.strangers) == ([], [])


@every_page
def test_page_without_javascript(site: str, browser: Browser, url: str) -> None:
    with Visit(browser, site, 375, java_script_enabled=False) as visit:
        page = visit.open(url)
        expect(page.locator("article h1")).to_be_visible()
        for shown in page.locator("article :is(.admonition, .highlight, .evidence, svg)").all():
            expect(shown).to_be_visible()
        assert not too_wide(page)


def gzipped(path: str) -> int:
    """Bytes that a static host sends for it."""
    return len(gzip.compress((SITE / path).read_bytes(), 6))


def test_weight(site: str, browser: Browser) -> None:
    """What the heaviest answer costs a new visitor, and what the next page does."""
    pages = {url: gzipped(f"{url}index.html") for url in QUESTIONS}
    heaviest = max(pages, key=lambda url: pages[url])
    assert pages[heaviest] <= 21_000
    assert statistics.median(pages.values()) <= 17_000
    with Visit(browser, site) as visit:
        visit.open(heaviest)
        visit.page.wait_for_load_state("networkidle")
    asked = [urlsplit(url).path.lstrip("/") for url in visit.asked_for]
    assert len(asked) <= 8
    first = sum(gzipped(path or "index.html") for path in asked if not path.endswith("/"))
    assert first + pages[heaviest] <= 85_000


# The blocks, the evidence and the headings of an article, in order.
OUTLINE = """
[...document.querySelectorAll("article :is(.highlight, figure.timeline, .evidence, h2, h3)")]
  .map(found => found.matches("h2, h3") ? "#" + found.textContent : found.className)
"""


@every_question
def test_every_block_has_its_evidence(site: str, browser: Browser, url: str) -> None:
    with Visit(browser, site) as visit:
        outline = visit.open(url).evaluate(OUTLINE)
    waiting, heading = "", ""
    for found in [*outline, "#"]:
        if found.startswith("#"):
            assert not waiting, f"no evidence below {waiting} under {heading}"
            heading = found
        elif found == "evidence":
            waiting = ""
        else:
            assert "evidence" not in found, f"published {found} under {heading}"
            waiting = found
    assert "evidence" in outline


@every_question
def test_every_printed_table_is_there(site: str, browser: Browser, url: str) -> None:
    """An include outside a fence is a table; the count of code blocks does not see it."""
    parts = (ROOT / "docs" / f"{url.rstrip('/')}.md").read_text().split("```")
    wanted = sum(part.count('--8<-- "') for part in parts[::2])
    with Visit(browser, site) as visit:
        assert visit.open(url).locator("article table").count() >= wanted


def test_questions_json_lists_every_question(site: str) -> None:
    assert sorted(q["url"] for q in published()["questions"]) == sorted(QUESTIONS)


def published(name: str = "questions.json") -> Any:
    return json.loads((SITE / name).read_text())


@every_question
def test_download_is_the_file_that_ran(site: str, browser: Browser, url: str) -> None:
    question = next(q for q in published()["questions"] if q["url"] == url)
    digests = {file["file"]: file["sha256"] for file in question["snippets"]}
    proven = {
        path: digest
        for proof in published("proofs.json")["proofs"]
        for path, digest in proof["inputs"].items()
    }
    with Visit(browser, site) as visit:
        links = visit.open(url).locator(".evidence a[download]")
        names = {a.evaluate("a => a.href") for a in links.all()}
        with visit.page.expect_download() as download:
            links.first.click()
        assert download.value.path().stat().st_size
    offered = {file: digest for name in names for file, digest in contents(name).items()}
    for file, digest in offered.items():
        # A module has no proof of its own; the list of the page has its digest.
        known = proven.get(file, digests.get(file, digest))
        assert digest == known == digests.get(file, digest), file
    # Each file that the page shows is offered.
    assert digests.keys() <= offered.keys()


def contents(url: str) -> dict[str, str]:
    """Path and digest of a download; of a project's archive, all its files."""
    with urlopen(url) as answer:
        data = answer.read()
    path = urlsplit(url).path.lstrip("/")
    if not path.endswith(".zip"):
        return {path: sha256(data).hexdigest()}
    archive = zipfile.ZipFile(io.BytesIO(data))
    folder = path.rpartition("/")[0]
    files = [name for name in archive.namelist() if not name.endswith("/")]
    return {f"{folder}/{name}": sha256(archive.read(name)).hexdigest() for name in files}


@pytest.mark.parametrize(
    ("words", "url"),
    [("acks_late", "celery/worker-crash/"), ("on_commit", "django/transaction-fails/")],
)
def test_search(site: str, browser: Browser, words: str, url: str) -> None:
    with Visit(browser, site) as visit:
        page = visit.open("")
        page.wait_for_load_state("networkidle")
        assert not [asked for asked in visit.asked_for if "search_index" in asked]
        page.get_by_role("textbox", name="Search").click()
        page.keyboard.type(words)
        hits = page.locator(f".md-search-result__link[href*='/{url}']")
        expect(hits.first).to_be_visible(timeout=20_000)
        assert (visit.errors, visit.strangers) == ([], [])


def test_colours_can_be_chosen(site: str, browser: Browser) -> None:
    """From the system's to light, to dark, and back; remembered on the next page."""
    with Visit(browser, site, color_scheme="dark") as visit:
        page = visit.open("")
        seen = []
        for _ in range(3):
            page.locator("[data-md-component=palette] label:visible").click()
            seen.append(page.evaluate("document.body.dataset.mdColorScheme"))
        assert seen == ["default", "slate", "slate"]
        page.locator("[data-md-component=palette] label:visible").click()
        assert visit.open(PAGES[-1]).evaluate("document.body.dataset.mdColorScheme") == "default"


def test_keyboard_reaches_the_text_first(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        page = visit.open(QUESTIONS[0])
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('.md-skip')")
