"""After the build: what was smuggled past all else is counted, and exports are whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Small
from playwright.sync_api import Browser

from acked.check import survey
from acked.project import Project
from acked.publish import count_blocks, publish
from acked.snippet import sha256


def build(small: Small) -> Path:
    status, out = small.run("site")
    assert status == 0, out
    return small.root / "site"


@pytest.mark.parametrize("smuggled", ["<pre>x</pre>", "<PRE>x</PRE>", "<textarea>x</textarea>"])
def test_a_block_too_many(proven_small: Small, smuggled: str) -> None:
    site = build(proven_small)
    pages, *_ = survey(Project(proven_small.root))
    page = next(page for page in pages if page.is_question)
    assert count_blocks(page, site) is None
    proven_small.change(
        site / "redis/does-it-run/index.html", "</article>", f"{smuggled}</article>"
    )
    problem = count_blocks(page, site)
    assert problem and problem.what == "shows 3 code blocks, 2 of them proven"


def test_a_page_that_was_not_built(proven_small: Small) -> None:
    site = build(proven_small)
    (site / "redis/does-it-run/index.html").unlink()
    pages, *_ = survey(Project(proven_small.root))
    assert [str(p) for page in pages if (p := count_blocks(page, site))] == [
        "docs/redis/does-it-run.md:1: was not built; add it to nav in mkdocs.yml"
    ]


def test_exports(proven_small: Small) -> None:
    site = build(proven_small)
    [question] = json.loads((site / "questions.json").read_text())["questions"]
    assert question["id"] == "redis/does-it-run"
    assert question["question"] == "Does it run?"
    assert question["myths"] == ["What many say"]
    assert question["sources"][0]["url"].startswith("https://redis.io/")
    [snippet] = question["snippets"]
    published = site / snippet["file"]
    assert sha256(published.read_bytes()) == snippet["sha256"]
    assert published.read_bytes() == proven_small.snippet.read_bytes()
    assert snippet["proof"]["output"] == "it ran\n"
    assert snippet["proof"]["inputs"][snippet["file"]] == snippet["sha256"]


def test_an_old_address_leads_to_the_page(proven_small: Small, browser: Browser) -> None:
    proven_small.change(
        proven_small.page, "level: middle\n", "level: middle\nformerly: [redis/old]\n"
    )
    site = build(proven_small)
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        page.goto((site / "redis/old/index.html").as_uri())
        page.wait_for_url("**/redis/does-it-run/")
    assert "redis/does-it-run" in (site / "redis/old/index.html").read_text()


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ("[redis/does-it-run]", "was never at redis/does-it-run, where another page is"),
        ("[../up]", "was never at '../up'"),
        ("7", "was never at '7'"),
    ],
)
def test_no_such_old_address(proven_small: Small, names: str, complaint: str) -> None:
    proven_small.change(proven_small.page, "level: middle\n", f"level: middle\nformerly: {names}\n")
    status, out = proven_small.run("site")
    assert status == 1 and f"docs/redis/does-it-run.md:1: {complaint}" in out


def test_publish_is_idempotent(proven_small: Small) -> None:
    site = build(proven_small)
    project = Project(proven_small.root)
    pages, snippets, _ = survey(project)
    before = (site / "proofs.json").read_bytes()
    publish(project, pages, snippets, site)
    assert (site / "proofs.json").read_bytes() == before
