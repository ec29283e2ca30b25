"""The pure part: which lines count, what matches a recorded output."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acked.snippet import PATTERNS, must_run, not_run, output_difference, sections

# text, lines that ran, lines that are missing
NOT_RUN = {
    "all ran": ("x = 1\ny = 2\n", {1, 2}, []),
    "nothing ran": ("x = 1\ny = 2\n", set(), [1, 2]),
    "a comment is nothing": ("# no\nx = 1\n", {2}, []),
    "a docstring is nothing": ('def f():\n    """no"""\n    return 1\nf()\n', {1, 3, 4}, []),
    "dead code": ("if False:\n    x = 1\n", {1}, [2]),
    "else not taken": ("if a:\n    x = 1\nelse:\n    x = 2\n", {1, 2}, [4]),
    "except not taken": ("try:\n    x = 1\nexcept OSError:\n    x = 2\n", {1, 2}, [3, 4]),
    "function never called": ("def f():\n    return 1\n", {1}, [2]),
    "half a conditional": ("x = (\n    1\n    if a\n    else 2\n)\n", {1, 2, 3}, [4]),
    "lambda never called": ("f = (\n    lambda:\n    g()\n)\n", {1, 2}, [3]),
    "decorated": ("@task\ndef f():\n    pass\n", {1, 2, 3}, []),
    "match": (
        "match x:\n    case 1:\n        y = 1\n    case _:\n        y = 2\n",
        {1, 2, 3, 4},
        [5],
    ),
    "declaration without value": ("def f():\n    x: int\n    return 1\nf()\n", {1, 3, 4}, []),
    "pass that never runs": ("while a:\n    pass\n", {1}, [2]),
}


@pytest.mark.parametrize("text, ran, missing", NOT_RUN.values(), ids=NOT_RUN)
def test_not_run(text: str, ran: set[int], missing: list[int]) -> None:
    every = range(1, text.count("\n") + 1)
    assert not_run(text, every, ran) == missing
    assert set(missing) <= must_run(text, every)


def test_only_shown_lines_count() -> None:
    assert not_run("x = 1\ny = 2\n", range(2, 3), {2}) == []


MATCHES = {
    "equal": ("a\nb\n", "a\nb\n", None),
    "another line": ("a\nb\n", "a\nc\n", 2),
    "a line too many": ("a\n", "a\nb\n", 2),
    "a line too few": ("a\nb\n", "a\n", 2),
    "seconds": ("took <seconds> s\n", "took 1.25 s\n", None),
    "seconds are a number": ("took <seconds> s\n", "took long s\n", 1),
    "uuid": ("<uuid>\n", "123e4567-e89b-12d3-a456-426614174000\n", None),
    "no other pattern": ("<anything>\n", "x\n", 1),
    "a pattern is not ignored": ("<int>\n", "\n", 1),
    "expressions are text": (".*\n", "abc\n", 1),
}


@pytest.mark.parametrize("recorded, printed, line", MATCHES.values(), ids=MATCHES)
def test_output(recorded: str, printed: str, line: int | None) -> None:
    difference = output_difference(recorded, printed)
    assert (difference[0] if difference else None) == line


@given(st.text(st.characters(codec="utf-8", exclude_characters="<>")))
def test_every_output_matches_itself_only(text: str) -> None:
    assert output_difference(text, text) is None
    assert output_difference(text + "x", text) is not None


def test_the_patterns_do_not_match_nothing() -> None:
    for pattern in PATTERNS:
        assert output_difference(f"a {pattern} b", "a  b") is not None


def test_sections() -> None:
    text = "x\n# --8<-- [start:one]\ny\n# --8<-- [end:one]\nz\n"
    assert sections(text) == {"one": range(3, 4)}
