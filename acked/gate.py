"""The gate: includes go onto a page through here, with a valid proof or not at all.

A Markdown extension that takes the place of pymdownx.snippets, so that it
guards the very act of including and works alike in every site generator that
uses Python-Markdown. `ACKED_SERVE=1` (make serve) shows a banner where a build
would be refused.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from markdown import Markdown
from pymdownx.snippets import SnippetExtension, SnippetPreprocessor

from acked import suite
from acked.page import PICTURES, Block, Page, Shown, counted, evidence, pages, picture
from acked.parts import MARKS, RELEASES, Parts, date_of, listed, valid
from acked.project import Project, Snapshot
from acked.proof import Proof
from acked.readers import command, servers, stands_alone
from acked.snippet import Problem, Refused, Snippet

Stop: type[Exception]
try:  # MkDocs shows this kind without a traceback; other generators need no MkDocs.
    from mkdocs.exceptions import BuildError

    Stop = BuildError
except ImportError:
    Stop = Exception


class Gate(SnippetPreprocessor):  # type: ignore[misc]
    """Includes only what is proven, and says on which versions."""

    def __init__(self, config: dict[str, Any], md: Markdown) -> None:
        self.project = Project.here()
        config.update(
            base_path=[str(self.project.snippets_folder)],
            restrict_base_path=True,
            check_paths=True,
            url_download=False,
            auto_append=[],
            dedent_subsections=True,
        )
        super().__init__(config, md)
        self.serving = os.environ.get("ACKED_SERVE") == "1"
        self.allowed: dict[tuple[str, str | None], str] = {}

    def run(self, lines: list[str]) -> list[str]:
        """Called by Python-Markdown with the page's lines, front matter gone."""
        self.parts, page = look_for(self.project, "\n".join(lines))
        self.project = self.parts.project
        if page is None:
            if any("8<" in line for line in lines):
                raise Stop("an include outside docs/; put the page there")
            return lines
        if page.problems and not self.serving:
            raise Stop(str(page.problems[0]))
        body = "\n".join(lines).rstrip("\n")
        offset = page.text.rstrip("\n").count("\n") - body.count("\n")  # the front matter
        above: list[str] = [banner(problem) for problem in page.problems]
        blocks = {block.line - offset: block for block in page.blocks}
        done: list[str] = super().run([*above, *self.with_evidence(page, lines, blocks)])
        return self.with_parts(page, done)

    def with_evidence(self, page: Page, lines: list[str], blocks: dict[int, Block]) -> list[str]:
        done: list[str] = []
        number = 1
        ordered = sorted(blocks)
        while number <= len(lines):
            block = blocks.get(number)
            if block is None:
                # What is complained of above the page is not included below.
                done.append("" if "8<" in lines[number - 1] else lines[number - 1])
                number += 1
                continue
            size = block.end - block.line + 1
            following = next((blocks[n] for n in ordered if n > number), None)
            between = lines[
                number - 1 + size : (number + following.line - block.line - 1)
                if following
                else None
            ]
            own = lines[number - 1 : number - 1 + size]
            done += self.render(page, block, own, not carries_on(block, following, between))
            number += size
        return done

    def with_parts(self, page: Page, lines: list[str]) -> list[str]:
        """What is drawn from the proofs: around a question, or in place of a mark."""
        parts = self.parts
        if page.is_question:
            asked = next((n for n, line in enumerate(lines) if line.startswith("# ")), 0)
            above, below = parts.verified(page), parts.record(page)
            return [*lines[: asked + 1], *above, *lines[asked + 1 :], *below]
        up, done = "../" * (page.path.count("/") + (page.path != "index.md")), []
        for line in lines:
            try:
                done += MARKS[line](parts, up) if line in MARKS else [line]
            except Refused as refused:
                if not self.serving:
                    raise Stop(str(refused.problems[0])) from None
                done += [banner(problem) for problem in refused.problems]
        # Markdown wants one line an item: a banner has several.
        return "\n".join(done).split("\n")

    def render(self, page: Page, block: Block, lines: list[str], last: bool) -> list[str]:
        """The block's lines, and below them the evidence if it is the last of its kind."""
        indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        if len(block.includes) != len(block.shown) or not block.shown:
            return []  # complained of above the page
        try:
            snippet, proof = evidence(self.project, page, block.shown[0])
            for shown in block.shown[1:]:
                evidence(self.project, page, shown)
        except Refused as refused:
            if not self.serving:
                raise Stop(str(refused.problems[0])) from None
            words = html.escape(str(refused.problems[0]))
            kind = "failed" if "did not pass" in words else "unproven"
            self.allow(block)
            return [*lines, "", f'{indent}<span class="evidence {kind}">{words}</span>', ""]
        self.allow(block)
        if block.language in PICTURES:
            try:
                drawn = picture(block.language, block.shown[0], proof)
            except Refused as refused:
                raise Stop(str(refused.problems[0])) from None
            # A wide topology scrolls, also by keyboard.
            focus = ' tabindex="0"' if block.language == "topology" else ""
            figure = f'<figure class="{block.language}"{focus}>{drawn}</figure>'
            lines = ["", indent + figure, ""]
        elif len(block.includes) > 1:  # sections of one file read as what they are: apart
            inner = [line for one in lines[1:-1] for line in (one, "")]
            lines = [lines[0], *inner[:-1], lines[-1]]
        if not last:
            return lines
        return [*lines, "", indent + evidence_line(self.project, page, snippet, proof, block), ""]

    def allow(self, block: Block) -> None:
        for include, shown in zip(block.includes, block.shown, strict=True):
            self.allowed[(str(shown.file), include.section)] = shown.text

    def process_snippet_lines(self, lines: list[str], target: dict[str, Any]) -> list[str]:
        """The last word: pymdownx asks it for each text before it goes onto a page."""
        text = "\n".join(lines).rstrip("\n")
        expected = self.allowed.get((target["snippet"], target["section"]))
        if expected is None or text != expected.rstrip("\n"):
            raise Stop(
                f"snippets/{target['path']}:1: included past the gate; use one include a line"
            )
        return lines


def carries_on(block: Block, following: Block | None, between: list[str]) -> bool:
    """Whether the next block shows the same snippet, with no heading between."""
    if following is None or not block.shown or not following.shown:
        return False
    same = stem(block) == stem(following)
    return same and not any(line.lstrip().startswith(("#", "---")) for line in between)


def stem(block: Block) -> str:
    return block.shown[0].name.split(".")[0]


def evidence_line(
    project: Project, page: Page, snippet: Snippet, proof: Proof, block: Block
) -> str:
    """What ran, where, when: one line, as HTML that Markdown passes on."""
    own = [b for b in page.blocks if b.shown and stem(b) == stem(block)]
    code = [shown for b in own for shown in b.shown if not shown.is_output]
    wanted = {(one.file, line) for one in code for line in counted(one)}
    ran = {
        (project.root / path, line)
        for path, lines in proof.lines.items()
        for line in lines
        if (project.root / path, line) in wanted
    }
    parts = [f"✓ ran with {listed(proof.versions)}"]
    if wanted:
        parts.append(f"{len(ran)} of {len(wanted)} lines")
    parts.append(date_of(proof.ran_at))
    up = "../" * (page.path.count("/") + 1)
    # A module or a companion is no program: the snippet that used it comes along.
    files = [*sorted({download(project, one) for one in code} - {snippet.name}), snippet.name]
    links = [f'<a href="{up}snippets/{name}" download>{name.split("/")[-1]}</a>' for name in files]
    parts.append("download " + ", ".join(links))
    if stands_alone(project, snippet):
        on = f"on a throwaway {servers(snippet)} of your own: " if servers(snippet) else ""
        parts.append(f"{on}<code>{command(snippet)}</code>")
    return f'<span class="evidence">{" · ".join(parts)}</span>'


def download(project: Project, shown: Shown) -> str:
    """What a reader needs to run it: of a shared file, the whole project."""
    if project.is_shared(shown.file):
        return "/".join(Path(shown.name).parts[:2]) + ".zip"
    return shown.name


def banner(problem: Problem) -> str:
    words = (
        html.escape(str(problem))
        .replace("*", "&#42;")
        .replace("_", "&#95;")
        .replace("--8&lt;", "8&lt;")
    )
    return f'!!! danger "Not publishable"\n\n    {words}\n'


def look(project: Project) -> Parts:
    """All pages and proofs as they are now; looked at again when a file changes."""
    return _sight(project.root, project.on, project.stamp()).parts


def look_for(project: Project, text: str) -> tuple[Parts, Page | None]:
    """The same, for the page of this text; of a question just its own files are looked at.

    Else each page of a site would look at all files, of which each page has some.
    """
    sight = _last.get((project.root, project.on))
    page = sight.page_of(text) if sight else None
    if not (sight and page and page.is_question and sight.holds(page)):
        sight = _sight(project.root, project.on, project.stamp())
        _last[project.root, project.on] = sight
        page = sight.page_of(text)
    return sight.parts, page


class Sight:
    """All pages and proofs, as they were when the files were as the stamp says."""

    def __init__(self, root: Path, on: str, stamp: tuple[tuple[str, int], ...]) -> None:
        project = Snapshot(root, on)
        store = project.store_folder
        others = [name for name in suite.NAMES if name != on and (store / name).is_dir()]
        self.parts = Parts(project, pages(project), {name: Snapshot(root, name) for name in others})
        self.files = dict(stamp)
        self.bodies = {without_front_matter(page.text): page for page in self.parts.pages[::-1]}

    def page_of(self, text: str) -> Page | None:
        """The page that this text is: Markdown itself knows no file names."""
        text = text.strip()
        if not text or text in self.bodies:
            return self.bodies.get(text)
        return next((page for page in self.parts.pages if page.text.strip().endswith(text)), None)

    def holds(self, page: Page) -> bool:
        """Whether nothing that this question stands on has changed since."""
        return all(changed_at(place) == self.files.get(place) for place in self.stands_on(page))

    def stands_on(self, page: Page) -> Iterator[str]:
        project, others = self.parts.project, self.parts.others.values()
        yield str(project.root / page.shown_as)
        yield str(project.root / RELEASES)
        with suppress(FileNotFoundError):
            folder = project.snippets_folder / page.path.removesuffix(".md")
            yield from (entry.path for entry in os.scandir(folder) if entry.is_file())
        # Of another folder, and not proven: then no proof names it.
        yield from (str(shown.file) for block in page.blocks for shown in block.shown)
        for name in self.parts.names_of(page):
            for one in (project, *others):
                yield str(one.store.file(one.on, name))
                if proof := valid(one, name):
                    inputs = (str(project.root / path) for path in proof.inputs)
                    yield from (place for place in inputs if place in self.files)


_last: dict[tuple[Path, str], Sight] = {}


@lru_cache(maxsize=2)
def _sight(root: Path, on: str, stamp: tuple[tuple[str, int], ...]) -> Sight:
    return Sight(root, on, stamp)


def without_front_matter(text: str) -> str:
    return re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL).strip()


def changed_at(place: str) -> int | None:
    try:
        return os.stat(place).st_mtime_ns
    except OSError:
        return None


class GateExtension(SnippetExtension):  # type: ignore[misc]
    """Registers the gate under the name and priority of pymdownx.snippets."""

    def extendMarkdown(self, md: Markdown) -> None:
        self.md = md
        md.registerExtension(self)
        md.preprocessors.register(Gate(self.getConfigs(), md), "snippet", 32)


def makeExtension(**options: Any) -> GateExtension:
    return GateExtension(**options)
