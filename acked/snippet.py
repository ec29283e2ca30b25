"""What a snippet is: its header, its sections, which of its lines must run.

A snippet is a Python program under `snippets/<topic>/<slug>/` with a PEP 723
header; `[tool.acked]` in it says what the program needs. Pure functions on
text; nothing here starts a process or knows a page.
"""

from __future__ import annotations

import ast
import hashlib
import io
import re
import tokenize
import tomllib
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType

from packaging.requirements import InvalidRequirement, Requirement

GIVEN = ("redis", "rabbitmq", "postgresql", "memcached")
SERVICES = (*GIVEN, "pgbouncer", "haproxy", "valkey", "chromium")
KEYS = {"services": list, "starts": list, "environments": list, "worker": str, "timeout": int}
WIDTH = 80

# The reference expression of PEP 723.
HEADER = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
SECTION = r"--8<-- \[(?P<type>start|end):(?P<name>[a-z][-_0-9a-z]*)\]"
MARK = re.compile(rf"^\s*# {SECTION}$")
TEMPLATE_MARK = re.compile(rf"^\s*{{# {SECTION} #}}$")


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what to do: one line for a person."""

    path: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}; {self.mend}"


class Refused(Exception):
    """Bad input. `problems` says all that is wrong with it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Header:
    """The `[tool.acked]` table and the dependencies beside it."""

    dependencies: tuple[Requirement, ...] = ()
    services: tuple[Requirement, ...] = ()
    """Servers that the runner provides, such as `redis` or `rabbitmq>=4.1`."""
    starts: tuple[Requirement, ...] = ()
    """Servers that the snippet starts by itself, with `acked.services`."""
    environments: tuple[str, ...] = ()
    """Sets of other package versions (`locks/<name>.in`) that it runs code in."""
    worker: str | None = None
    """Options of the Celery worker that runs beside the snippet."""
    timeout: int = 20
    """Seconds."""

    @property
    def servers(self) -> tuple[Requirement, ...]:
        return self.services + self.starts


@dataclass(frozen=True)
class Snippet:
    name: str
    """Its path below `snippets/`, such as `celery/retry/backoff.py`."""
    file: Path
    text: str
    header: Header

    @property
    def folder(self) -> str:
        return self.name.rpartition("/")[0]

    def needs(self, service: str) -> bool:
        return any(wanted.name == service for wanted in self.header.services)


def sha256(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def read_text(file: Path, shown_as: str) -> str:
    """The file's text. Raises `Refused` when it is not plain UTF-8 with `\\n`.

    Nor may it hold what a reader sees otherwise than a machine: characters that
    are invisible, or look like another.
    """
    try:
        data = file.read_bytes()
        text = data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            Problem(shown_as, 1, f"cannot be read: {error}", "save it as UTF-8")
        ) from None
    for found in re.finditer(r"[^\n\t -~]", text):
        character = found[0]
        if misleading(character):
            line = text[: found.start()].count("\n") + 1
            name = unicodedata.name(character, CONTROLS.get(character, f"U+{ord(character):04X}"))
            what = f"holds {name.lower()}, which a reader cannot tell from something else"
            raise Refused(Problem(shown_as, line, what, "save it as plain UTF-8, without it"))
    return text


CONTROLS = {"\r": "a carriage return", "\0": "a NUL"}


def misleading(character: str) -> bool:
    """Whether a reader sees nothing there, or takes it for another character."""
    kind = unicodedata.category(character)
    foreign = kind[0] == "L" and not unicodedata.name(character, "").startswith("LATIN ")
    return kind[0] in "CZM" or foreign


def load(file: Path, name: str) -> Snippet:
    """Read and check one snippet. Raises `Refused` with all its problems."""
    shown_as = f"snippets/{name}"
    text = read_text(file, shown_as)
    header = parse_header(text, shown_as)
    problems = style_problems(text, shown_as)
    if not re.fullmatch(r"[a-z][a-z0-9_]*\.py", file.name):
        problems.append(
            Problem(
                shown_as, 1, "its name is no Python identifier", "rename it, such as early_ack.py"
            )
        )
    try:
        ast.parse(text)
    except SyntaxError as error:
        problems.append(
            Problem(shown_as, error.lineno or 1, f"is not Python: {error.msg}", "mend the syntax")
        )
    else:
        problems += section_problems(text, shown_as)
    if problems:
        raise Refused(*problems)
    return Snippet(name, file, text, header)


# The header.


def parse_header(text: str, shown_as: str) -> Header:
    """The header of a snippet. Raises `Refused` when it is missing or wrong."""
    found = [match for match in HEADER.finditer(text) if match["type"] == "script"]
    if len(found) != 1:
        what = "has no PEP 723 header" if not found else "has two PEP 723 headers"
        raise Refused(
            Problem(shown_as, 1, what, "begin with one '# /// script' block, as the guide shows")
        )
    first = text[: found[0].start()].count("\n") + 1
    content = "".join(
        line[2:] if line.startswith("# ") else line[1:]
        for line in found[0]["content"].splitlines(True)
    )
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        inner = re.search(r"at line (\d+)", str(error))
        line = first + int(inner[1]) if inner else first
        raise Refused(
            Problem(shown_as, line, f"the header is not TOML: {error}", "mend it")
        ) from None
    table = data.get("tool", {}).get("acked")
    if "requires-python" not in data or "dependencies" not in data or not isinstance(table, dict):
        what = "the header lacks requires-python, dependencies or [tool.acked]"
        raise Refused(Problem(shown_as, first, what, "add what is missing, as the guide shows"))
    return _header(data["dependencies"], table, lambda word: _line_of(text, word, first), shown_as)


def _line_of(text: str, word: str, otherwise: int) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#") and word in line:
            return number
    return otherwise


def _header(dependencies: object, table: dict[str, object], line_of, shown_as: str) -> Header:  # type: ignore[no-untyped-def]
    def refuse(word: str, what: str, mend: str) -> Refused:
        return Refused(Problem(shown_as, line_of(word), what, mend))

    for key, value in table.items():
        if key not in KEYS:
            raise refuse(
                key, f"unknown key {key!r} in [tool.acked]", f"use one of {', '.join(KEYS)}"
            )
        if not isinstance(value, KEYS[key]) or isinstance(value, bool):
            raise refuse(key, f"{key} is no {KEYS[key].__name__}", "see the guide for its form")

    def requirements(key: str, values: object) -> tuple[Requirement, ...]:
        if not isinstance(values, list):
            raise refuse(key, f"{key} is no list", f'write {key} = ["…"]')
        try:
            return tuple(Requirement(str(value)) for value in values)
        except InvalidRequirement as error:
            raise refuse(
                key, f"{key}: {str(error).splitlines()[0]}", 'write names such as "redis>=8"'
            ) from None

    services = requirements("services", table.get("services", []))
    starts = requirements("starts", table.get("starts", []))
    for wanted in services + starts:
        if wanted.name not in SERVICES:
            raise refuse(
                wanted.name, f"unknown service {wanted.name!r}", f"use one of {', '.join(SERVICES)}"
            )
    for wanted in services:
        if wanted.name not in GIVEN:
            what = f"{wanted.name} is not given to a snippet"
            raise refuse(wanted.name, what, "start it there, and name it in starts")
    environments = table.get("environments", [])
    assert isinstance(environments, list)
    timeout = table.get("timeout", 20)
    assert isinstance(timeout, int)
    if not 1 <= timeout <= 600:
        raise refuse("timeout", f"timeout = {timeout} seconds is out of range", "use 1 to 600")
    worker = table.get("worker")
    return Header(
        dependencies=requirements("dependencies", dependencies),
        services=services,
        starts=starts,
        environments=tuple(map(str, environments)),
        worker=worker if isinstance(worker, str) else None,
        timeout=timeout,
    )


# Sections.


def style_problems(text: str, shown_as: str) -> list[Problem]:
    """Lines that would not fit, or would end the fence that holds them."""
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > WIDTH:
            problems.append(
                Problem(shown_as, number, f"is {len(line)} columns wide", f"break it at {WIDTH}")
            )
        if line.lstrip().startswith(("```", "~~~")):
            problems.append(
                Problem(
                    shown_as, number, "would end a fence on the page", "write it in another way"
                )
            )
        if "\t" in line:
            problems.append(Problem(shown_as, number, "holds a tab", "use spaces"))
    return problems


def section_problems(text: str, shown_as: str) -> list[Problem]:
    """What is wrong with the section marks of a snippet or a companion."""
    problems = []
    comments = _comment_lines(text) if shown_as.endswith(".py") else None
    form = "{# --8<-- [start:name] #}" if is_template(shown_as) else "# --8<-- [start:name]"
    open_name, open_line, closed = "", 0, set()
    for number, line in enumerate(text.splitlines(), 1):
        if "8<-" not in line:
            continue
        mark = (TEMPLATE_MARK if is_template(shown_as) else MARK).match(line)
        if not mark or (comments is not None and number not in comments):
            problems.append(
                Problem(
                    shown_as,
                    number,
                    "looks like an include or a mark but is none",
                    f"write '{form}' on a line of its own",
                )
            )
            continue
        kind, name = mark["type"], mark["name"]
        if kind == "start" and open_name:
            what = f"section {name!r} opens inside section {open_name!r}"
            problems.append(Problem(shown_as, number, what, "close the first one before"))
        elif kind == "start" and name in closed:
            problems.append(
                Problem(shown_as, number, f"section {name!r} opens twice", "give it another name")
            )
        elif kind == "end" and name != open_name:
            problems.append(
                Problem(
                    shown_as,
                    number,
                    f"section {name!r} ends but is not open",
                    "remove the mark, or open it",
                )
            )
        elif kind == "end":
            if not any(inner.strip() for inner in text.splitlines()[open_line : number - 1]):
                problems.append(
                    Problem(
                        shown_as,
                        open_line,
                        f"section {name!r} is empty",
                        "put lines into it, or remove it",
                    )
                )
            closed.add(name)
            open_name = ""
        else:
            open_name, open_line = name, number
    if open_name:
        problems.append(
            Problem(
                shown_as,
                open_line,
                f"section {open_name!r} is never closed",
                f"add '{form.replace('start:name', f'end:{open_name}')}'",
            )
        )
    return problems


def is_template(name: str) -> bool:
    return name.endswith(".html")


# Asked of the same text again and again, and nothing but that text decides.
of_text = lru_cache(maxsize=4096)


@of_text
def _comment_lines(text: str) -> frozenset[int]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    found = set()
    with suppress(tokenize.TokenError, SyntaxError):  # complained of elsewhere
        for token in tokens:
            if token.type == tokenize.COMMENT:
                found.add(token.start[0])
    return frozenset(found)


def sections(text: str) -> dict[str, range]:
    """Section name -> its line numbers (from 1, marks excluded)."""
    found, start = {}, 0
    for number, line in enumerate(text.splitlines(), 1):
        mark = MARK.match(line) or TEMPLATE_MARK.match(line)
        if mark and mark["type"] == "start":
            start = number + 1
        elif mark:
            found[mark["name"]] = range(start, number)
    return found


# Which lines must have run.


@of_text
def code_lines(text: str) -> frozenset[int]:
    """All lines that the compiler made code of."""
    lines: set[int] = set()
    waiting = [compile(text, "snippet", "exec", dont_inherit=True)]
    while waiting:
        code = waiting.pop()
        lines |= {line for _, _, line in code.co_lines() if line}
        inner = [const for const in code.co_consts if isinstance(const, CodeType)]
        # Annotations are evaluated on demand since Python 3.14.
        waiting += [code for code in inner if code.co_name != "__annotate__"]
    return frozenset(lines)


@of_text
def statements(text: str) -> tuple[range, ...]:
    """The lines of each statement; of a compound one, of its head only.

    The compiler drops what it can prove dead (`if False:`); the reader still
    sees it, so it must count as not executed.
    """
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.stmt) or _does_nothing(node):
            continue
        body = getattr(node, "body", None) or getattr(node, "cases", None)
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        if body:
            inner = (
                body[0].pattern.lineno if isinstance(body[0], ast.match_case) else body[0].lineno
            )
            found.append(range(first, max(inner, first + 1)))
        else:
            found.append(range(first, (node.end_lineno or first) + 1))
    return tuple(found)


def _does_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return isinstance(node.value.value, str) or node.value.value is ...
    if isinstance(node, ast.AnnAssign):
        return node.value is None
    return isinstance(node, ast.Global | ast.Nonlocal)


def must_run(text: str, shown: range) -> set[int]:
    """The lines in `shown` that count: compiled, or the head of a statement."""
    heads = {lines.start for lines in statements(text)}
    return {line for line in (code_lines(text) | heads) if line in shown}


def not_run(text: str, shown: range, ran: set[int]) -> list[int]:
    """The lines in `shown` that should have run and did not."""
    compiled = code_lines(text)
    missing = {line for line in compiled if line in shown and line not in ran}
    for lines in statements(text):
        if lines.start in shown and not ran.intersection(lines):
            missing.add(lines.start)
    return sorted(missing)


# Of a template: what is no more than the end of something rendered above.
CLOSING = re.compile(r"\{%-? *(?:end\w*|else|elif\b[^%]*|empty)[^%]*%\}|\{#.*?#\}")


def template_lines(text: str, shown: range) -> set[int]:
    """The lines in `shown` that a rendering must have passed."""
    lines = enumerate(text.splitlines(), 1)
    return {n for n, line in lines if n in shown and CLOSING.sub("", line).strip()}


# Recorded output.

PATTERNS = {
    "<uuid>": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "<seconds>": r"\d+(?:\.\d+)?",
    "<int>": r"\d+",
    "<pid>": r"\d+",
    "<port>": r"\d+",
}


def output_difference(recorded: str, printed: str) -> tuple[int, str, str] | None:
    """First line that differs: its number, what is recorded, what was printed."""
    wanted, got = recorded.splitlines(), printed.splitlines()
    for index in range(max(len(wanted), len(got))):
        left = wanted[index] if index < len(wanted) else "<end of output>"
        right = got[index] if index < len(got) else "<end of output>"
        if max(len(wanted), len(got)) > min(len(wanted), len(got)) == index or not _line_matches(
            left, right
        ):
            return index + 1, left, right
    return None


def _line_matches(recorded: str, printed: str) -> bool:
    parts = re.split("(" + "|".join(PATTERNS) + ")", recorded)
    expression = "".join(PATTERNS.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(expression, printed) is not None
