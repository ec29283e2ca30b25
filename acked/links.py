"""Links between pages: to what is there, and to a heading that is there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from acked.page import TOPICS, Page, question
from acked.project import Project
from acked.snippet import Problem

TARGET = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: *(\S+)")
ELSEWHERE = re.compile(r"[a-z]+:|//")


def dead(found: list[Page]) -> Iterator[Problem]:
    """Links that lead nowhere."""
    pages = {page.path: page for page in found}
    for page in found:
        for number, line in enumerate(page.text.splitlines(), 1):
            for match in TARGET.finditer(line):
                target = match[1] or match[2]
                if ELSEWHERE.match(target):
                    continue
                path, _, anchor = target.partition("#")
                folder = posixpath.dirname(page.path)
                place = posixpath.normpath(posixpath.join(folder, path)) if path else page.path
                if place not in pages:
                    what, mend = "which is no page", "name its .md file, as seen from this page"
                elif anchor and anchor not in pages[place].anchors:
                    what, mend = "a heading that is not there", f"look at the headings of {place}"
                else:
                    continue
                yield Problem(page.shown_as, number, f"links to {target}, {what}", mend)


def misplaced(project: Project, found: list[Page]) -> Iterator[Problem]:
    """Pages that nobody would find, and questions that are asked twice."""
    navigation = (project.root / "mkdocs.yml").read_text()
    asked: dict[str, Page] = {}
    for page in found:
        topic, _, slug = page.path.rpartition("/")
        if topic and topic not in TOPICS:
            mend = f"move it to docs/ and one of {', '.join(TOPICS)}"
            yield Problem(page.shown_as, 1, "is in no topic", mend)
        elif slug and page.path not in navigation:
            mend = f"add - {page.path} to the nav in mkdocs.yml"
            yield Problem(page.shown_as, 1, "is not in the navigation", mend)
        other = asked.setdefault(question(page).casefold(), page)
        if other is not page and page.is_question:
            what = f"asks what {other.shown_as} asks"
            yield Problem(page.shown_as, 1, what, "ask otherwise, or add to that answer")
