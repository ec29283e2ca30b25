"""The theme's style sheet, without what no page can need.

It serves every site that the theme can make: most of it is about components,
languages and icons that none of our pages has. A rule goes when each of its
selectors asks for a class that stands in no page and in no script (scripts make
elements too), or for text from right to left; a variable goes when nobody asks
for it. Minified, a sheet has one form, so expressions read it well enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
EMPTY = re.compile(r"@(?:media|supports)[^{}]*\{\s*\}")
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
VARIABLE = re.compile(r"(?<=[{;])(--[\w-]+):(?:url\([^)]*\)|[^;}])*;?")


def make_lean(site: Path) -> None:
    """Do it to the style sheet of the theme in a built site."""
    words: set[str] = set()
    for file in (*site.rglob("*.html"), *site.glob("assets/**/*.js")):
        words.update(re.findall(r"[\w-]+", file.read_text()))
    every = [file.read_text() for file in site.glob("assets/*.css")]
    for file in site.glob("assets/stylesheets/main.*.css"):
        file.write_text(lean(file.read_text(), words, every))


def lean(sheet: str, words: set[str], others: Iterable[str] = ()) -> str:
    """The sheet for pages and scripts of these words; `others` may use its variables."""

    def needed(rule: re.Match[str]) -> str:
        # :is(.a, .b) is cut in two here; each part asks for no more than the whole.
        parts = re.sub(r":not\([^)]*\)", "", rule[1]).split(",")
        return "" if all(map(dead, parts)) else rule[0]

    def dead(selector: str) -> bool:
        return "[dir=rtl]" in selector or not words.issuperset(CLASS.findall(selector))

    return without_unasked(RULE.sub(needed, sheet), " ".join(others))


def without_unasked(sheet: str, others: str) -> str:
    """Without the variables that nobody asks for, then the rules that this empties."""
    asked = set(re.findall(r"var\((--[\w-]+)", sheet + others))
    left = VARIABLE.sub(lambda one: one[0] if one[1] in asked else "", sheet)
    left = EMPTY.sub("", re.sub(r"[^{}]+\{\}", "", left))
    return left if left == sheet else without_unasked(left, others)
