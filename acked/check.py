"""Look over the whole checkout without running anything."""

from __future__ import annotations

from acked.claims import Ledger
from acked.links import dead, misplaced
from acked.page import Page, output_of, pages
from acked.project import COMPANIONS, Project
from acked.snippet import Problem, Snippet


def survey(project: Project) -> tuple[list[Page], list[Snippet], list[Problem]]:
    """All pages, all good snippets, and everything that is wrong with them."""
    found = pages(project)
    snippets, problems = project.snippets()
    problems = [problem for page in found for problem in page.problems] + problems
    problems += Ledger(project).problems()
    # A broken page shows who knows what; first things first.
    if not problems:
        problems = [*misplaced(project, found), *dead(found)]
        problems += not_shown(project, found, snippets)
    if not snippets and not problems:
        problems = [Problem("snippets", 1, "holds no snippet", "add one, as the guide shows")]
    return found, snippets, sorted(set(problems), key=lambda p: (p.path, p.line))


def not_shown(project: Project, found: list[Page], snippets: list[Snippet]) -> list[Problem]:
    """Snippets and companions that no page shows."""
    shown = [one for page in found for block in page.blocks for one in block.shown]
    used = {one.name for one in shown} | {output_of(one) for one in shown if one.is_output}
    names = [snippet.name for snippet in snippets]
    names += [
        f.relative_to(project.snippets_folder).as_posix()
        for f in project.files()
        if f.suffix in COMPANIONS and not project.is_shared(f)
    ]
    mend = "include it on a page, or remove it"
    return [
        Problem(f"snippets/{name}", 1, "is shown on no page", mend)
        for name in names
        if name not in used
    ]
