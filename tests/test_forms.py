"""The other forms of the site say what the pages say, and lead where they should."""

from __future__ import annotations

import posixpath
import sqlite3
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Small
from lxml import html

from acked.finish import policy
from acked.forms import ATOM, absolute, for_files

PAGE = "redis/does-it-run"


@pytest.fixture
def site(proven_small: Small) -> Path:
    status, out = proven_small.run("site")
    assert status == 0, out
    return proven_small.root / "site"


def notes(site: Path, tmp_path: Path) -> list[tuple[str, str]]:
    """Of the deck: what Anki knows each note by, and its fields."""
    with zipfile.ZipFile(site / "acked.apkg") as package:
        base = package.extract("collection.anki2", tmp_path)
    return sqlite3.connect(base).execute("select guid, flds from notes").fetchall()


def test_an_updated_card_is_the_same_card(proven_small: Small, tmp_path: Path) -> None:
    small = proven_small
    site = small.root / "site"
    assert small.run("site")[0] == 0
    [(before, fields)] = notes(site, tmp_path)
    assert "Does it run?" in fields
    assert "it ran" in fields
    small.change(small.page, "# Does it run?", "# Does it really run?")
    assert small.run("site")[0] == 0
    [(after, changed)] = notes(site, tmp_path)
    assert after == before
    assert "Does it really run?" in changed


def test_the_book_is_whole(site: Path) -> None:
    with zipfile.ZipFile(site / "acked.epub") as book:
        assert book.testzip() is None
        names = set(book.namelist())
        chapter = "EPUB/redis-does-it-run.xhtml"
        text = book.read(chapter).decode()
        assert "it ran" in text
        for found in ElementTree.fromstring(text).iter("{http://www.w3.org/1999/xhtml}a"):
            target = found.get("href", "").partition("#")[0]
            if target and ":" not in target:
                assert posixpath.join("EPUB", target) in names


def test_the_offline_site_leads_from_file_to_file(site: Path) -> None:
    with zipfile.ZipFile(site / "acked.zip") as archive:
        names = set(archive.namelist())
        pages = [name for name in names if name.endswith(".html") and "/404" not in name]
        assert f"acked/{PAGE}/index.html" in pages
        for page in pages:
            for link in html.fromstring(archive.read(page)).xpath("//@href"):
                target = link.partition("#")[0].partition("?")[0]
                if target and ":" not in target:
                    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
                    assert path in names, f"{page}: {link}"


@pytest.mark.parametrize(
    ("href", "named"),
    [
        ("../../redis/x/", "../../redis/x/index.html"),
        ("../..", "../../index.html"),
        (".", "./index.html"),
        ("../x/#why", "../x/index.html#why"),
        ("#why", "#why"),
        ("https://redis.io/docs/", "https://redis.io/docs/"),
        ("../assets/acked.css", "../assets/acked.css"),
    ],
)
def test_links_between_files(href: str, named: str) -> None:
    assert for_files(f'<a href="{href}">') == f'<a href="{named}">'


@pytest.mark.parametrize(
    ("href", "whole"),
    [
        ("../other/", "/redis/other/"),
        ("../../celery/x/#y", "/celery/x/#y"),
        ("#why", "/redis/does-it-run/#why"),
        ("https://redis.io/", "https://redis.io/"),
    ],
)
def test_links_from_elsewhere(href: str, whole: str) -> None:
    assert absolute(href, PAGE) == whole


def test_programs_can_read_it(site: Path) -> None:
    text = (site / f"{PAGE}.md").read_text()
    assert "8<--" not in text
    assert 'client.set("greeting", "it ran")' in text
    assert f"({PAGE}.md)" in (site / "llms.txt").read_text()


def test_the_feed(site: Path) -> None:
    feed = ElementTree.parse(site / "feed.xml")
    ids = [found.text for found in feed.iter(f"{{{ATOM}}}id")]
    assert ids == ["urn:acked", f"urn:acked:{PAGE}"]


def test_policy_names_what_stands_in_the_page() -> None:
    page = '<script>alert(1)</script><td style="text-align: right;">'
    allowed = policy(page)
    assert "'unsafe-inline'" not in allowed
    assert allowed.count("'sha256-") == 2
    assert policy(page.replace("1", "2")) != allowed
    assert policy("<script src='x.js'></script>").count("'sha256-") == 0


def test_each_page_has_a_policy(site: Path) -> None:
    for file in site.rglob("*.html"):
        assert file.read_text().count("Content-Security-Policy") == 1
