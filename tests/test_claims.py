"""The ledger: no claim without a verdict, a sentence, and a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Small

from acked.claims import Ledger
from acked.project import Project

GOOD = """\
redis/does-it-run:
  - claim: it does
    verdict: conditional
    page: "What you would say in 30 seconds."
    snippet: redis/does-it-run/example.py
"""
CASES = {
    "good": ("", "", ""),
    "no verdict": ("    verdict: conditional\n", "", "verdict is None"),
    "unknown verdict": ("conditional", "maybe", "verdict is 'maybe'"),
    "false without a run": ("conditional", "false", ""),
    "no snippet": ("    snippet: redis/does-it-run/example.py\n", "", "shown by no snippet"),
    "missing snippet": ("example.py", "gone.py", "does not exist"),
    "another sentence": ("30 seconds", "31 seconds", "does not say"),
    "not run": ("conditional", "not run", "nobody knows why"),
    "no page": ("redis/does-it-run:", "redis/gone:", "docs/redis/gone.md does not exist"),
    "unknown key": ("claim:", "klaim:", "unknown key 'klaim'"),
    "no YAML": ("- claim: it", "- [", "is not YAML"),
}


@pytest.mark.parametrize("old, new, expected", CASES.values(), ids=CASES)
def test_ledger(small: Small, old: str, new: str, expected: str) -> None:
    (small.root / "docs/claims.yml").write_text(GOOD.replace(old, new) if old else GOOD)
    problems = [str(problem) for problem in Ledger(Project(small.root)).problems()]
    if not expected:
        assert problems == []
    else:
        assert any(expected in problem for problem in problems), problems
        assert all(problem.startswith("docs/claims.yml:") for problem in problems)


def test_every_question_has_its_claims() -> None:
    project = Project(Path(__file__).parent.parent)
    pages = {
        file.relative_to(project.docs).with_suffix("").as_posix()
        for topic in ("django", "celery", "redis", "rabbitmq")
        for file in (project.docs / topic).glob("*.md")
    }
    assert pages == set(Ledger(project).questions)
