"""The pytest plugin: one item for each block of each page.

`pytest --acked docs` runs every snippet that has no valid proof, once, however
many pages show it, and passes an item when what its block shows is proven.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from acked import suite
from acked.check import not_shown
from acked.ci import annotation
from acked.page import PICTURES, Block, Page, evidence, picture, provers, read_page
from acked.project import OUTPUT, Project, Snapshot
from acked.prove import Proving, Result, longest_first
from acked.snippet import Problem, Refused, Snippet

PROJECT = pytest.StashKey[Snapshot]()
PROVING = pytest.StashKey[Proving]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("acked")
    group.addoption("--acked", action="store_true", help="prove the snippets that the pages show")
    group.addoption("--fresh", action="store_true", help="run them although they are proven")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("acked"):
        here = Project.here()
        config.stash[PROJECT] = Snapshot(here.root, here.on)


def pytest_collect_file(file_path: Any, parent: pytest.Collector) -> pytest.Collector | None:
    project = parent.config.stash.get(PROJECT, None)
    if project and file_path.suffix == ".md" and file_path.is_relative_to(project.docs):
        return PageFile.from_parent(parent, path=file_path)
    return None


BROKEN = pytest.StashKey[dict[str, str]]()
ANNOTATIONS = pytest.StashKey[list[str]]()


def complain(item: pytest.Item, error: BaseException) -> None:
    """Keep a failure for the end: many blocks may show what failed once."""
    broken = item.config.stash.setdefault(BROKEN, {})
    for problem in error.problems if isinstance(error, Refused) else ():
        if str(problem) not in broken:
            broken[str(problem)] = details(item, error, problem)
            notes = item.config.stash.setdefault(ANNOTATIONS, [])
            notes.append(annotation(problem))
            if isinstance(item, BlockItem):
                notes.append(annotation(problem, item.page.shown_as, item.block.line))


class Bad(pytest.Item):
    """Something wrong that was found without running anything."""

    problem: Problem

    def runtest(self) -> None:
        raise Refused(self.problem)

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        complain(self, excinfo.value)
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Any, int, str]:
        return self.path, self.problem.line - 1, str(self.problem)


class PageFile(pytest.File):
    """One page. Its broken blocks are items too, which fail."""

    page: Page

    def collect(self) -> Iterator[pytest.Item]:
        project = self.config.stash[PROJECT]
        self.page = page = read_page(project, self.path.relative_to(project.docs).as_posix())
        for number, problem in enumerate(page.problems):
            item = Bad.from_parent(self, name=f"line {problem.line} ({number})")
            item.problem = problem
            yield item
        for block in page.blocks:
            if block.shown and len(block.shown) == len(block.includes):
                shows = BlockItem.from_parent(self, name=f"line {block.line}")
                shows.page, shows.block = page, block
                yield shows


class BlockItem(pytest.Item):
    """What one block shows has run, all of it."""

    page: Page
    block: Block

    def snippets(self) -> list[str]:
        project = self.config.stash[PROJECT]
        return [n for shown in self.block.shown for n in provers(project, self.page, shown)]

    def runtest(self) -> None:
        project = self.config.stash[PROJECT]
        proving = self.config.stash.get(PROVING, None)
        names = self.snippets()
        results = [proving.results[n].result() for n in names if proving and n in proving.results]
        # Of several that may prove a module one is enough; `evidence` finds it.
        for result in results if len(names) == len(self.block.shown) else []:
            if result.too_old and suite.current() != suite.DEFAULT:
                pytest.skip(str(result.problems[0]))
            if result.problems:
                raise Failed(result)
        for shown in self.block.shown:
            _, proof = evidence(project, self.page, shown)
            if self.block.language in PICTURES:
                picture(self.block.language, shown, proof)

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        if not isinstance(excinfo.value, Refused):
            return str(excinfo.getrepr(style="short"))
        complain(self, excinfo.value)
        return f"{self.page.shown_as}:{self.block.line}: this block is not proven\n{excinfo.value}"

    def reportinfo(self) -> tuple[Any, int, str]:
        return self.path, self.block.line - 1, self.name


class Failed(Refused):
    def __init__(self, result: Result) -> None:
        super().__init__(*result.problems)
        self.result = result


def details(item: pytest.Item, error: BaseException, problem: Problem) -> str:
    """What the contributor reads below the problem: where, what it said, how to repeat it."""
    if not isinstance(error, Failed):
        return ""
    report, snippet = error.result.report, error.result.snippet
    text = []
    if isinstance(item, BlockItem):
        text.append(f"  shown on {item.page.shown_as}:{item.block.line}")
    file = item.config.stash[PROJECT].root / problem.path
    if file.suffix == OUTPUT and report:
        text += ["  recorded (-) and printed (+):", *difference(file, report.output)]
    elif problem.line > 1:
        text += around(file, problem.line)
    if report and report.errors.strip():
        tail = report.errors.strip().splitlines()[-12:]
        text += ["  the end of its stderr:", *("    " + line for line in tail)]
    if words := problem.what.partition("its last words: ")[2]:
        text += ["  the end of the server's log:", *("    " + line for line in words.split(" | "))]
    place = f" SUITE={suite.current()}" if suite.current() != suite.DEFAULT else ""
    return "\n".join([*text, f"  to repeat it: make prove ONLY={snippet.folder}{place}"])


def around(file: Path, number: int) -> list[str]:
    """A line of a file and its neighbours, with their numbers."""
    lines = file.read_text().splitlines()
    first, last = max(1, number - 2), min(len(lines), number + 2)
    return [
        f"  {'>' if n == number else ' '} {n:4}  {lines[n - 1]}" for n in range(first, last + 1)
    ]


def difference(file: Path, printed: str) -> list[str]:
    """The lines that changed in a recorded output, twenty at most."""
    recorded = file.read_text().splitlines() if file.exists() else []
    changes = list(unified_diff(recorded, printed.splitlines(), n=1, lineterm=""))[2:]
    more = [f"    … and {len(changes) - 20} more lines"] if len(changes) > 20 else []
    return [*("    " + line for line in changes[:20]), *more]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for problem, more in config.stash.get(BROKEN, {}).items():
        terminalreporter.write_line("")
        terminalreporter.write_line(problem, red=True)
        if more:
            terminalreporter.write_line(more)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for note in config.stash.get(ANNOTATIONS, []):
            terminalreporter.write_line(note)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Whatever the pages do not show must not be there; the rest starts to run."""
    project = config.stash.get(PROJECT, None)
    if project is None:
        return
    snippets, problems = project.snippets()
    if session._initialpaths == frozenset({project.docs}):
        seen = [node for node in {item.parent for item in items} if isinstance(node, PageFile)]
        pages = [node.page for node in seen]
        problems += not_shown(project, pages, snippets) if not problems else []
        for number, problem in enumerate(problems):
            bad = Bad.from_parent(session, name=f"snippets ({number})")
            bad.problem = problem
            items.append(bad)
    wanted = {name for item in items if isinstance(item, BlockItem) for name in item.snippets()}
    fresh = config.getoption("fresh")
    todo = [s for s in snippets if s.name in wanted and (fresh or needs_a_run(project, s))]
    if todo and not config.getoption("collectonly"):
        teller = Teller(config, len(todo))

        def done(result: Result) -> None:
            project.forget(result.snippet)
            teller(result)

        config.stash[PROVING] = Proving(Project(project.root), longest_first(project, todo), done)


def needs_a_run(project: Project, snippet: Snippet) -> bool:
    return project.why_unproven(snippet) is not None


class Teller:
    """Says one line for each snippet as it ends."""

    def __init__(self, config: pytest.Config, total: int) -> None:
        self.reporter = config.pluginmanager.get_plugin("terminalreporter")
        self.total, self.count = total, 0

    def __call__(self, result: Result) -> None:
        self.count += 1
        seconds = f"{result.report.seconds:6.1f} s" if result.report else "        "
        sign = "proven" if result.proof else "too old" if result.too_old else "FAILED"
        if self.reporter:
            self.reporter.ensure_newline()
            self.reporter.write_line(
                f"[{self.count}/{self.total}] {sign} {seconds}  {result.snippet.name}"
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    proving = session.config.stash.get(PROVING, None)
    if proving is None:
        return (yield)
    with proving:
        return (yield)
