"""The built site in a real browser. `make site` builds it, `ACKED_SITE` names another."""

from __future__ import annotations

import gzip
import io
import json
import re
import statistics
import zipfile
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from built_site import AXE, PAGES, QUESTIONS, ROOT, SITE, Visit, too_wide
from mkdocs.utils.yaml import yaml_load
from playwright.sync_api import Browser, expect

LONGEST = "django/background-tasks/"
every_page = pytest.mark.parametrize("url", PAGES, ids=lambda url: url.strip("/") or "home")
every_question = pytest.mark.parametrize("url", QUESTIONS, ids=lambda url: url.strip("/"))


KB = 1024
SCHEMES = {"light": "default", "dark": "slate"}
OPEN_ALL = "document.querySelectorAll('article details').forEach(one => one.open = true)"
# Colours and places are judged when they have arrived.
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
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
                page.evaluate(PAINTED)
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
    assert pages[heaviest] <= 14 * KB
    assert statistics.median(pages.values()) <= 11.5 * KB
    with Visit(browser, site) as visit:
        visit.open(heaviest)
        visit.page.wait_for_load_state("networkidle")
    asked = [urlsplit(url).path.lstrip("/") for url in visit.asked_for]
    assert len(asked) <= 8 and visit.strangers == []
    assert sum(gzipped(f"{path}index.html" if path.endswith("/") else path) for path in asked) <= (
        75 * KB
    )


def test_the_script_knows_the_features_of_the_theme() -> None:
    """The theme would write them into each page; start.js has them once."""
    config = yaml_load((ROOT / "mkdocs.yml").read_text())
    [listed] = re.findall(r"features: (\[.*\])", (ROOT / "docs/assets/start.js").read_text())
    by_template = {"navigation.footer", "navigation.prune"}
    assert set(json.loads(listed)) == set(config["theme"]["features"]) - by_template


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
    [
        ("acks_late", "celery/worker-crash/"),
        ("on_commit", "django/transaction-fails/"),
        ("OOM command not allowed", "redis/out-of-memory/"),
        ("visibility_timeout", "celery/worker-crash/"),
    ],
)
def test_search(site: str, browser: Browser, words: str, url: str) -> None:
    with Visit(browser, site) as visit:
        page = visit.open("")
        page.wait_for_load_state("networkidle")
        assert not [asked for asked in visit.asked_for if "search_index" in asked]
        page.keyboard.press("/")
        page.keyboard.type(words)
        hits = page.locator(f".md-search-result__link[href*='/{url}']")
        expect(hits.first).to_be_visible(timeout=20_000)
        assert (visit.errors, visit.strangers) == ([], [])


# From a word in the box to the first hit, in ms: for each word the best of its turns.
TIMES = """
async words => {
  const box = document.querySelector("[name=query]")
  const list = document.querySelector(".md-search-result__list")
  const type = text => { box.value = text; box.dispatchEvent(new Event("keyup")) }
  const best = {}
  for (const word of words) {
    type("")
    await new Promise(done => setTimeout(done, 300))
    const hit = new Promise(done => {
      const watch = new MutationObserver(() => list.querySelector("a") && done())
      watch.observe(list, { childList: true })
    })
    const began = performance.now()
    type(word)
    await hit
    best[word] = Math.min(best[word] ?? Infinity, performance.now() - began)
  }
  return best
}
"""


def test_search_answers_at_once(site: str, browser: Browser) -> None:
    words = ["acks_late", "OOM command not allowed", "visibility_timeout"]
    with Visit(browser, site) as visit:
        page = visit.open("")
        page.keyboard.press("/")
        page.keyboard.type("retry")
        expect(page.locator(".md-search-result__link").first).to_be_visible(timeout=20_000)
        best = page.evaluate(TIMES, words * 4)
    assert max(best.values()) <= 160, best


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "שלום مرحبا"]
)
def test_search_for_what_is_no_word(site: str, browser: Browser, words: str) -> None:
    with Visit(browser, site) as visit:
        page = visit.open("")
        page.on("dialog", lambda dialog: visit.errors.append(dialog.message))
        page.keyboard.press("/")
        page.keyboard.type(words)
        expect(page.locator(".md-search-result__meta")).to_contain_text("document", timeout=20_000)
        assert page.locator(".md-search-result :is(script, img)").count() == 0
        assert (visit.errors, visit.strangers) == ([], [])


@pytest.mark.parametrize("place", ["#no-such-place", "#%E0%A4%A", "#<script>"])
def test_a_place_that_is_not_there(site: str, browser: Browser, place: str) -> None:
    with Visit(browser, site) as visit:
        page = visit.open(f"{QUESTIONS[0]}{place}")
        expect(page.locator("article h1")).to_be_in_viewport()
        assert (visit.errors, visit.strangers) == ([], [])


def test_at_twice_the_size(site: str, browser: Browser) -> None:
    with Visit(browser, site, 640, device_scale_factor=2) as visit:
        for url in ("", LONGEST, "practice/", "matrix/"):
            page = visit.open(url)
            page.evaluate(OPEN_ALL)
            assert not too_wide(page)


@pytest.mark.parametrize("script", [True, False])
def test_paper_has_what_is_closed_on_the_screen(site: str, browser: Browser, script: bool) -> None:
    with Visit(browser, site, java_script_enabled=script) as visit:
        page = visit.open(LONGEST)
        noted = page.locator("details.record dd").last
        expect(noted).to_be_hidden()
        page.emulate_media(media="print")
        expect(noted).to_be_visible()
        for shown in page.locator("article :is(pre > code, .evidence)").all():
            expect(shown).to_be_visible()
        for furniture in (".md-header", ".md-sidebar", ".md-footer"):
            expect(page.locator(furniture).first).to_be_hidden()


def test_what_to_type_has_the_address_of_the_site(site: str, browser: Browser) -> None:
    with Visit(browser, site) as visit:
        told = visit.open("redis/databases/").locator(".evidence > code").first
        expect(told).to_contain_text(f"uv run {site}snippets/redis/databases/")


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
