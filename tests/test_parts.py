"""What pages draw from the proofs follows the proofs."""

from __future__ import annotations

import pytest
from conftest import Change, Small
from lxml import html

from acked import suite
from acked.gate import look, look_for
from acked.parts import Parts, in_order
from acked.project import Project


def parts_of(small: Small) -> Parts:
    return look(Project(small.root))


def verified(small: Small) -> str:
    parts = parts_of(small)
    return "".join(parts.verified(parts.questions[0]))


def test_verified_only_while_the_proof_holds(proven_small: Small) -> None:
    assert "Verified" in verified(proven_small)
    proven_small.change(proven_small.snippet, "it ran", "it did")
    assert verified(proven_small) == ""


@pytest.mark.parametrize(("newest", "late"), [("99.1", True), ("0.1", False)])
def test_a_newer_release_is_named(proven_small: Small, newest: str, late: bool) -> None:
    (proven_small.root / "docs/releases.yml").write_text(f"Redis: '{newest}'\n")
    assert ("not yet run on Redis 99.1" in verified(proven_small)) is late


def test_the_record_names_each_run(proven_small: Small) -> None:
    parts = parts_of(proven_small)
    record = "".join(parts.record(parts.questions[0]))
    assert "make prove ONLY=redis/does-it-run" in record
    assert 'href="../../snippets/redis/does-it-run/example.py"' in record


def test_strip_matrix_and_runs(proven_small: Small) -> None:
    parts = parts_of(proven_small)
    assert "<b>1</b> answers" in parts.strip("")[0]
    assert "](redis/does-it-run.md) |" in "".join(parts.matrix("../"))
    assert "example.py</a>" in "".join(parts.runs("../"))


def test_the_same_on_another_suite(proven_small: Small) -> None:
    status, out = proven_small.run("prove", ACKED_SUITE="trixie")
    assert status == 0, out
    parts = parts_of(proven_small)
    redis = suite.versions("trixie")["redis"]
    assert f"The same on trixie: Redis {redis}" in "".join(parts.record(parts.questions[0]))
    matrix = "".join(parts.matrix("../"))
    assert (
        f"| Redis {redis} |" in matrix and "](redis/does-it-run.md) | ✓ 1 | ✓ 1 trixie |" in matrix
    )
    # Of a run that no longer holds nothing is said.
    proven_small.change(proven_small.snippet, "it ran", "it did")
    assert "trixie" not in "".join(parts_of(proven_small).matrix("../"))


def test_another_outcome_on_another_suite(small: Small) -> None:
    """Both outputs stand side by side, as they were printed."""
    small.change(small.snippet, '"it ran"', 'f"<b>  {client.info()["redis_version"]}"')
    versions = {name: suite.versions(name)["redis"] for name in ("forky", "trixie")}
    (small.folder / "example.out").write_text(f"<b>  {versions['forky']}\n")
    (small.folder / "example.trixie.out").write_text(f"<b>  {versions['trixie']}\n")
    for name, verb in (("trixie", "prove"), ("forky", "site")):
        status, out = small.run(verb, ACKED_SUITE=name)
        assert status == 0, out
    parts = parts_of(small)
    assert "| ✓ 1 | differs 1 trixie |" in "".join(parts.matrix("../"))
    built = html.parse(str(small.root / "site/redis/does-it-run/index.html"))
    both = [one.text_content() for one in built.xpath("//*[@class='both']//code")]
    assert both == [f"<b>  {version}\n" for version in versions.values()]


def test_releases_are_compared_as_numbers() -> None:
    assert in_order("8.10.1") > in_order("8.9")


CHANGES: dict[str, Change] = {
    "the page": lambda small: small.change(small.page, "Its answer", "Its answers"),
    "a snippet": lambda small: small.change(small.snippet, "greeting", "greetings"),
    "a recorded output": lambda small: (small.folder / "example.out").touch(),
    "a new file beside it": lambda small: (small.folder / "example.trixie.out").touch(),
    "a proof is gone": lambda small: small.proof.unlink(),
    "known releases": lambda small: (small.root / "docs/releases.yml").touch(),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_page_is_looked_at_again_after_its_own_changes(proven_small: Small, name: str) -> None:
    project, text = Project(proven_small.root), proven_small.page.read_text()
    parts, page = look_for(project, text)
    assert page and page.path == "redis/does-it-run.md"
    (proven_small.root / "docs/other.md").write_text("# Other\n")
    assert look_for(project, text)[0] is parts, "another page is none of its business"
    CHANGES[name](proven_small)
    assert look_for(project, text)[0] is not parts


def test_an_unproven_file_of_another_folder_is_looked_at_again(proven_small: Small) -> None:
    other = proven_small.root / "snippets/redis/elsewhere/example.py"
    other.parent.mkdir()
    other.write_text(proven_small.snippet.read_text())
    proven_small.change(proven_small.page, "does-it-run/example.py:", "elsewhere/example.py:")
    project, text = Project(proven_small.root), proven_small.page.read_text()
    parts, _ = look_for(project, text)
    assert look_for(project, text)[0] is parts
    proven_small.change(other, "greeting", "greetings")
    assert look_for(project, text)[0] is not parts
