"""After the build: what was smuggled past all else is counted, and exports are whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Small

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


def test_publish_is_idempotent(proven_small: Small) -> None:
    site = build(proven_small)
    project = Project(proven_small.root)
    pages, snippets, _ = survey(project)
    before = (site / "proofs.json").read_bytes()
    publish(project, pages, snippets, site)
    assert (site / "proofs.json").read_bytes() == before
