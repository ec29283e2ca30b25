"""A page: what it says of itself, the blocks it shows, and what is wrong with it.

Every code block consists of includes from `snippets/` only. pytest-codeblocks
reads the fences; what it does not see as one (tildes, indented code, code in a
quote, raw HTML) is found by rendering the page without its fences.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from pathlib import Path

import markdown
import yaml
from pytest_codeblocks import extract_from_buffer

from acked import timeline, topology
from acked.markup import Markup
from acked.project import OUTPUT, Project
from acked.proof import Proof
from acked.snippet import (
    Problem,
    Refused,
    Snippet,
    is_template,
    must_run,
    not_run,
    read_text,
    section_problems,
    sections,
    template_lines,
)

TITLES = {"django": "Django", "celery": "Celery", "redis": "Redis", "rabbitmq": "RabbitMQ"}
TOPICS = tuple(TITLES)
LEVELS = ("junior", "middle", "senior")
SHORT_ANSWER_WORDS = 60
HEADINGS = ("Popular, but wrong", "What they ask next", "Sources")

# Which fence may show which kind of file.
LANGUAGES = {
    "python": (".py",),
    "conf": (".conf", ".cfg"),
    "ini": (".ini",),
    "html": (".html",),
    "text": (OUTPUT,),
    "timeline": (OUTPUT,),
    "topology": (OUTPUT,),
}
PICTURES = {"timeline": timeline.svg, "topology": topology.svg}
BARE = ""  # the "language" of an include outside a fence: a table that a run printed

# The guide's commands are run where they stand, by `pytest --codeblocks`.
RUN_IN_PLACE = {"contributing.md": ("sh",)}

INCLUDE = re.compile(
    r'^(?P<indent> *)--8<-- "(?P<target>[^":]+)(?::(?P<section>[a-z][-_0-9a-z]*))?"$'
)
EXTENSIONS = ["admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc"]
EXTENSIONS += ["pymdownx.details", "pymdownx.superfences", "pymdownx.highlight", "pymdownx.tabbed"]


@dataclass(frozen=True)
class Include:
    line: int
    indent: str
    target: str
    """Path below `snippets/`."""
    section: str | None


@dataclass(frozen=True)
class Shown:
    """What an include puts on the page."""

    file: Path
    name: str
    """Path below `snippets/`."""
    lines: range
    """Which lines of the file, from 1."""
    text: str

    @property
    def is_output(self) -> bool:
        return self.file.suffix == OUTPUT


@dataclass(frozen=True)
class Block:
    line: int
    """Page line of the opening fence, or of a bare include."""
    end: int
    """Page line of the closing fence."""
    language: str
    includes: tuple[Include, ...]
    shown: tuple[Shown, ...] = ()


@dataclass
class Page:
    path: str
    """Path below `docs/`."""
    text: str
    front: dict[str, object] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    """What a link to this page may name: its headings."""

    @property
    def is_question(self) -> bool:
        return self.path.split("/")[0] in TOPICS and "/" in self.path

    @property
    def shown_as(self) -> str:
        return f"docs/{self.path}"

    @property
    def formerly(self) -> list[str]:
        """Names that it had before, such as `celery/old-slug`: links to them go on to work."""
        names = self.front.get("formerly", [])
        return [str(name) for name in names] if isinstance(names, list) else [str(names)]

    def complain(self, line: int, what: str, mend: str) -> None:
        self.problems.append(Problem(self.shown_as, line, what, mend))


def read_page(project: Project, path: str) -> Page:
    """Read and check one page; what is wrong stands in its `problems`."""
    page = Page(path, "")
    try:
        page.text = read_text(project.docs / path, page.shown_as)
    except Refused as refused:
        page.problems += refused.problems
        return page
    read_front_matter(page)
    if read_blocks(project, page):
        find_stray_includes(page)
    if not page.problems:
        find_typed(page)
    if page.is_question:
        check_shape(page)
    return page


def pages(project: Project) -> list[Page]:
    """All pages under `docs/`, sorted."""
    files = sorted(project.docs.rglob("*.md"))
    return [read_page(project, file.relative_to(project.docs).as_posix()) for file in files]


def read_front_matter(page: Page) -> None:
    match = re.match(r"---\n(.*?\n)---\n", page.text, re.DOTALL)
    if not match:
        if page.is_question:
            page.complain(1, "has no front matter", "begin with ---, title, level, tags, ---")
        return
    try:
        front = yaml.safe_load(match[1])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        page.complain(mark.line + 2 if mark else 1, "the front matter is not YAML", "mend it")
        return
    if not isinstance(front, dict):
        page.complain(1, "the front matter is no mapping", "write title: …")
        return
    page.front = front
    if not page.is_question:
        return
    for key in front.keys() - {"title", "level", "tags", "formerly"}:
        page.complain(
            1, f"unknown key {key!r} in the front matter", "use title, level, tags, formerly"
        )
    for name in page.formerly:
        if not re.fullmatch(r"[a-z]+/[-a-z0-9]+", name):
            page.complain(1, f"was never at {name!r}", "add formerly: [topic/old-slug]")
    if not isinstance(front.get("title"), str):
        page.complain(
            1, "the front matter has no title", "add title: a short one for the navigation"
        )
    if front.get("level") not in LEVELS:
        page.complain(1, f"level is {front.get('level')!r}", f"use one of {', '.join(LEVELS)}")
    if not isinstance(front.get("tags"), list) or not front["tags"]:
        page.complain(1, "the front matter has no tags", "add tags: [one, two]")


def read_blocks(project: Project, page: Page) -> bool:
    """Find the blocks; False when the fences cannot be told apart."""
    for number, text in enumerate(page.text.splitlines(), 1):
        if re.search(r"<!--[-\s]*pytest", text):
            # It would hide a fence, or all of them, from the reader of fences.
            page.complain(number, "a directive of pytest-codeblocks", "remove it")
            return False
    try:
        # The added line keeps a byte of the page from being the first one.
        fences = extract_from_buffer(StringIO("\n" + page.text))
    except RuntimeError:
        opened = [
            n for n, line in enumerate(page.text.splitlines(), 1) if line.lstrip().startswith("```")
        ]
        page.complain(opened[-1] if opened else 1, "a fence is never closed", "add ``` below it")
        return False
    allowed = RUN_IN_PLACE.get(page.path, ())
    inside = set()
    for fence in fences:
        line = fence.lineno - 1  # the line that we put in front
        end = line + fence.code.count("\n") + 1
        inside |= set(range(line, end + 1))
        language = (fence.syntax or "").split(" ")[0]
        if language in allowed:
            continue
        if language not in LANGUAGES:
            what = f"a fence of unknown language {language!r}"
            page.complain(line, what, f"use one of {', '.join(LANGUAGES)}")
            continue
        if page.text.splitlines()[line - 1].strip() != f"```{language}":
            page.complain(line, "a fence with options", f"write ```{language} alone")
            continue
        add_block(project, page, Block(line, end, language, ()))
    for number, text in enumerate(page.text.splitlines(), 1):
        if number not in inside and INCLUDE.match(text):
            add_block(project, page, Block(number, number, BARE, ()))
    page.blocks.sort(key=lambda block: block.line)
    return True


def add_block(project: Project, page: Page, block: Block) -> None:
    """Resolve the includes of a block; complain of all that is none."""
    lines = page.text.splitlines()
    inner = (
        range(block.line, block.line + 1)
        if block.language == BARE
        else range(block.line + 1, block.end)
    )
    includes, shown = [], []
    for number in inner:
        text = lines[number - 1]
        match = INCLUDE.match(text)
        if not match:
            if "8<" not in text:  # else it is complained of as a stray include
                page.complain(
                    number,
                    "code typed on a page",
                    'put it into snippets/ and include it: --8<-- "…"',
                )
            continue
        include = Include(number, match["indent"], match["target"], match["section"])
        includes.append(include)
        try:
            shown.append(resolve(project, page, include, block.language))
        except Refused as refused:
            page.problems += refused.problems
    if not inner:
        page.complain(block.line, "an empty fence", "include a section, or remove it")
    page.blocks.append(Block(block.line, block.end, block.language, tuple(includes), tuple(shown)))


def resolve(project: Project, page: Page, include: Include, language: str) -> Shown:
    """The text that an include stands for. Raises `Refused`."""

    def refuse(what: str, mend: str) -> Refused:
        return Refused(Problem(page.shown_as, include.line, what, mend))

    target, section = include.target, include.section
    parts = target.split("/")
    if target.startswith(("/", "http:", "https:", "~")) or not {"..", ".", ""}.isdisjoint(parts):
        raise refuse(
            f"includes {target!r}, which is outside snippets/", "name a path below snippets/"
        )
    file = project.snippets_folder / target
    if any(
        (project.snippets_folder.joinpath(*parts[:n])).is_symlink()
        for n in range(1, len(parts) + 1)
    ):
        raise refuse(
            f"includes {target!r} through a symbolic link", "put the file itself into snippets/"
        )
    if not file.is_file() or file.name not in {entry.name for entry in file.parent.iterdir()}:
        raise refuse(f"includes {target!r}, which does not exist", "mend the path, or add the file")
    if file.suffix not in LANGUAGES.get(language, (OUTPUT,)):
        raise refuse(
            f"a fence of {language or 'no language'} cannot show {target!r}",
            "use the fence for its kind",
        )
    text = read_text(file, f"snippets/{target}")
    if file.suffix != OUTPUT and (broken := section_problems(text, f"snippets/{target}")):
        raise Refused(*broken)
    every = text.splitlines()
    lines = range(1, len(every) + 1)
    if section is not None:
        if section not in sections(text):
            raise refuse(
                f"section {section!r} of {target} does not exist", "mend the name, or add the marks"
            )
        lines = sections(text)[section]
    elif "8<-" in text:
        raise refuse(f"includes all of {target}, marks included", "name a section")
    chosen = [every[number - 1] for number in lines]
    if not any(line.strip() for line in chosen):
        raise refuse(
            f"includes nothing: {target} is empty there", "record its output, or fill the section"
        )
    check_text(refuse, chosen, language, target)
    joined = "\n".join(chosen)
    return Shown(file, target, lines, textwrap.dedent(joined) if section else joined)


def check_text(refuse, lines: list[str], language: str, target: str) -> None:  # type: ignore[no-untyped-def]
    """Refuse text that Markdown would read as more than text."""
    for line in lines:
        if line.lstrip().startswith(("```", "~~~")):
            raise refuse(
                f"{target} holds a line that would end the fence", "print it in another way"
            )
        if language == BARE and not (
            line.startswith("|") and line.endswith("|") and "<" not in line
        ):
            raise refuse(f"{target} is no table", "include it in a ```text fence")


def find_stray_includes(page: Page) -> None:
    """Lines that look like an include and would be shown as text, or worse."""
    taken = {include.line for block in page.blocks for include in block.includes}
    complained = {problem.line for problem in page.problems}
    for number, line in enumerate(page.text.splitlines(), 1):
        if re.search(r"-8<|8<-", line) and number not in taken | complained:
            what = "an include that is not in the one form we read"
            page.complain(
                number, what, 'write --8<-- "topic/slug/file.py:section" on a line of its own'
            )


@lru_cache
def _renderer() -> markdown.Markdown:
    return markdown.Markdown(extensions=EXTENSIONS)


def find_typed(page: Page) -> None:
    """Code and markup that stand on the page in any other form than a fence we read."""
    hidden = {n for block in page.blocks for n in range(block.line, block.end + 1)}
    hidden |= _in_place_lines(page)
    front = re.match(r"---\n.*?\n---\n", page.text, re.DOTALL)
    hidden |= set(range(1, front[0].count("\n") + 1)) if front else set()
    lines = ["" if n in hidden else line for n, line in enumerate(page.text.splitlines(), 1)]
    markup = Markup(tables=not page.is_question)
    markup.feed(_renderer().reset().convert("\n".join(lines)))
    page.anchors = markup.anchors
    markup.close()
    for words in markup.code:
        mend = 'put it into snippets/ and include it: --8<-- "…"'
        page.complain(_line_of(re.escape(words) or "(?i)<pre", lines), "code typed on a page", mend)
    for what, pattern in markup.found:
        mend = "write it in Markdown, or leave it out; a table is printed by a snippet"
        page.complain(_line_of(pattern, lines), f"holds {what}", mend)


def _line_of(pattern: str, lines: list[str]) -> int:
    return next((n for n, line in enumerate(lines, 1) if re.search(pattern, line)), 1)


def _in_place_lines(page: Page) -> set[int]:
    hidden: set[int] = set()
    for fence in extract_from_buffer(StringIO(page.text)):
        if (fence.syntax or "") in RUN_IN_PLACE.get(page.path, ()):
            hidden |= set(range(fence.lineno, fence.lineno + fence.code.count("\n") + 2))
    return hidden


# The shape of a question page.


def heading_line(page: Page, heading: str) -> int:
    for number, line in enumerate(page.text.splitlines(), 1):
        if line.strip() == heading:
            return number
    return 0


def question(page: Page) -> str:
    match = re.search(r"^# (.+)$", page.text, re.MULTILINE)
    return match[1].strip() if match else ""


def short_answer(page: Page) -> str:
    match = re.search(
        r'^!!! abstract "Short answer"\n\n((?:    .*\n|\n)+)', page.text + "\n", re.MULTILINE
    )
    return " ".join(match[1].split()) if match else ""


def under(page: Page, heading: str) -> str:
    """The text below a second-level heading, up to the next one."""
    match = re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page.text, re.MULTILINE | re.DOTALL
    )
    return match[1] if match else ""


def myths(page: Page) -> list[str]:
    return [
        found.strip().strip('"“”')
        for found in re.findall(r"^### (.+)$", under(page, HEADINGS[0]), re.MULTILINE)
    ]


def sources(page: Page) -> list[dict[str, str]]:
    found = re.findall(r"\[([^\]]+)\]\((https?://[^)\s]+)\)", under(page, HEADINGS[2]))
    return [{"title": title, "url": url} for title, url in found]


def check_shape(page: Page) -> None:
    if not question(page):
        page.complain(1, "has no question", "add one heading: # The question?")
    words = len(short_answer(page).split())
    if not words:
        page.complain(1, "has no short answer", 'add !!! abstract "Short answer"')
    elif words > SHORT_ANSWER_WORDS:
        line = heading_line(page, '!!! abstract "Short answer"')
        page.complain(
            line, f"the short answer has {words} words", f"say it in {SHORT_ANSWER_WORDS}"
        )
    for heading in HEADINGS:
        if not under(page, heading).strip():
            page.complain(1, f"has nothing under '## {heading}'", "write that section")
    if not sources(page):
        page.complain(1, "names no source", "link official documentation under ## Sources")


# Proof of what a page shows.


def provers(project: Project, page: Page, shown: Shown) -> list[str]:
    """Names of the snippets whose proof may stand for what is shown."""
    if shown.is_output:
        return [output_of(shown)]
    if shown.file.suffix == ".py" and not project.is_module(shown.file):
        return [shown.name]
    # What serves a whole topic is proven by the page's own snippets.
    place = page.path.removesuffix(".md")
    if not project.is_shared(shown.file):
        place = shown.name.rpartition("/")[0]
    files = sorted((project.snippets_folder / place).glob("*.py"))
    return [f"{place}/{file.name}" for file in files if not project.is_module(file)]


def picture(kind: str, shown: Shown, proof: Proof) -> str:
    """The timeline or topology that a run printed, as SVG. Raises `Refused`."""
    try:
        return PICTURES[kind](proof.output, f"{kind.title()} printed by {output_of(shown)}")
    except ValueError as error:
        what, mend = f"no {kind}: {error}", f"print what acked/{kind}.py describes"
        raise Refused(Problem(f"snippets/{shown.name}", 1, what, mend)) from None


def output_of(shown: Shown) -> str:
    """Name of the snippet that printed it."""
    return f"{shown.name.rpartition('/')[0]}/{shown.file.name.split('.')[0]}.py"


def counted(shown: Shown) -> set[int]:
    """The shown lines that a run must have executed."""
    text = shown.file.read_text()
    if shown.is_output:
        return set()
    if shown.file.suffix == ".py":
        return must_run(text, shown.lines)
    if is_template(shown.name):
        return template_lines(text, shown.lines)
    lines = text.splitlines()
    return {
        n for n in shown.lines if lines[n - 1].strip() and not lines[n - 1].lstrip().startswith("#")
    }


def unwitnessed(project: Project, shown: Shown, proof: Proof) -> list[int]:
    """The shown lines that the proof does not cover."""
    ran = set(proof.lines.get(project.relative(shown.file), []))
    if shown.is_output:
        return []
    if shown.file.suffix == ".py":
        return not_run(shown.file.read_text(), shown.lines, ran)
    return sorted(counted(shown) - ran)


def evidence(project: Project, page: Page, shown: Shown) -> tuple[Snippet, Proof]:
    """The valid proof for what is shown. Raises `Refused` when there is none."""
    problem = None
    for name in provers(project, page, shown):
        try:
            snippet = project.snippet(name)
            problem = project.why_unproven(snippet) or problem
            proof = None if project.why_unproven(snippet) else project.proof(snippet)
        except Refused as refused:
            problem = refused.problems[0]
            continue
        if proof is None:
            continue
        missing = unwitnessed(project, shown, proof)
        if not missing:
            return snippet, proof
        what = f"is shown on {page.shown_as} but never ran"
        mend = "make it run, or leave it out of the section"
        problem = Problem(f"snippets/{shown.name}", missing[0], what, mend)
    raise Refused(
        problem
        or Problem(f"snippets/{shown.name}", 1, "is used by no snippet", "use it, or remove it")
    )
