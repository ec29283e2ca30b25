"""What the style sheet loses is what nothing asks for."""

from __future__ import annotations

import pytest

from acked.lean import lean

WORDS = {"here", "also"}


@pytest.mark.parametrize(
    "sheet",
    [
        "a{color:red}",
        ".here{color:red}",
        ".gone,.here{color:red}",
        ".here:not(.gone){color:red}",
        ".here:is(.gone,.also){color:red}",
        "@media print{.here{color:red}}",
        ":root{--x:red}.here{color:var(--x)}",
        "@keyframes turn{0%{top:0}to{top:1px}}",
    ],
)
def test_what_is_asked_for_stays(sheet: str) -> None:
    assert lean(sheet, WORDS) == sheet


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        (".gone{color:red}a{top:0}", "a{top:0}"),
        (".here .gone,.gone .also{color:red}", ""),
        (".here:is(.gone,.lost){color:red}", ""),
        ("[dir=rtl] .here{left:0}", ""),
        ("@media print{.gone{color:red}}a{top:0}", "a{top:0}"),
        (
            ":root{--x:url(\"data:a;b,<svg d='m1}'>\");--y:1px}a{top:var(--y)}",
            ":root{--y:1px}a{top:var(--y)}",
        ),
        (":root{--x:var(--y);--y:red}", ""),
    ],
)
def test_what_nothing_asks_for_goes(sheet: str, left: str) -> None:
    assert lean(sheet, WORDS) == left


def test_another_sheet_may_use_its_variables() -> None:
    assert lean(":root{--x:red}", WORDS, ["a{color:var(--x)}"]) == ":root{--x:red}"
