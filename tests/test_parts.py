"""What pages draw from the proofs follows the proofs."""

from __future__ import annotations

import pytest
from conftest import Small

from acked.gate import look
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


def test_releases_are_compared_as_numbers() -> None:
    assert in_order("8.10.1") > in_order("8.9")
