"""Parts of pages that are drawn from the proofs: a mark in the Markdown asks for one.

Each part is Markdown, made when the page is, so that it works in every site
generator that uses Python-Markdown.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import yaml

from acked import suite
from acked.claims import Ledger
from acked.page import TITLES, TOPICS, Page, provers, question
from acked.practice import cards
from acked.project import Project
from acked.proof import Proof
from acked.snippet import Refused

RELEASES = "docs/releases.yml"
LABELS = {
    "django": "Django",
    "celery": "Celery",
    "server:redis": "Redis",
    "server:valkey": "Valkey",
    "server:rabbitmq": "RabbitMQ",
    "server:postgresql": "PostgreSQL",
    "server:memcached": "memcached",
    "server:pgbouncer": "PgBouncer",
    "server:haproxy": "HAProxy",
    "server:chromium": "Chromium",
    "psycopg": "psycopg",
    "redis": "redis-py",
    "kombu": "kombu",
    "python": "Python",
}
# What a reader asks of an answer first: is it true for mine?
SUBJECTS = ("Django", "Celery", "Redis", "Valkey", "RabbitMQ", "PostgreSQL")


def label(name: str) -> str:
    """As readers know it; `django-5-2/django` is Django too, `trixie/redis` the server."""
    place, _, package = name.rpartition("/")
    if place in suite.OLDER:
        package = f"server:{package}"
    return LABELS.get(package, package)


def date_of(moment: str) -> str:
    date = datetime.fromisoformat(moment)
    return f"{date.day} {date:%b %Y}"


def in_order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def subjects(proofs: Iterable[Proof]) -> dict[str, list[str]]:
    """Servers and packages that an answer is about -> versions it ran on, newest first."""
    found: dict[str, set[str]] = {name: set() for name in SUBJECTS}
    for proof in proofs:
        for name, version in proof.versions.items():
            if label(name) in found:
                found[label(name)].add(version)
    return {name: sorted(some, key=in_order, reverse=True) for name, some in found.items() if some}


@dataclass(frozen=True)
class Run:
    """A proof, and whether it has the same recorded output as that of the site's own suite."""

    proof: Proof
    same: bool = True


def valid(project: Project, name: str) -> Proof | None:
    try:
        snippet = project.snippet(name)
        return None if project.why_unproven(snippet) else project.proof(snippet)
    except (Refused, suite.SuiteError):
        return None


@dataclass
class Parts:
    project: Project
    pages: list[Page]
    others: dict[str, Project] = field(default_factory=dict)
    """The same checkout on other suites of servers, by their names."""

    @cached_property
    def by_page(self) -> dict[str, list[Proof]]:
        """Of each question the proofs that it shows."""
        return {page.path: self.proofs_of(page) for page in self.questions}

    @cached_property
    def questions(self) -> list[Page]:
        """In the order in which they are told: by topic, then as in the ledger."""
        told = list(Ledger(self.project).questions)

        def place(page: Page) -> tuple[int, int]:
            name = page.path.removesuffix(".md")
            where = told.index(name) if name in told else len(told)
            return TOPICS.index(page.path.split("/")[0]), where

        return sorted((page for page in self.pages if page.is_question), key=place)

    def proofs_of(self, page: Page) -> list[Proof]:
        """In the order of the page; what has no proof yet is left out."""
        names = self.names_of(page)
        return [proof for name in names if (proof := valid(self.project, name))]

    def names_of(self, page: Page) -> list[str]:
        """Of the snippets that the page shows, each once."""
        blocks = [shown for block in page.blocks for shown in block.shown]
        names = [name for shown in blocks for name in provers(self.project, page, shown)]
        return list(dict.fromkeys(names))

    def elsewhere(self, name: str) -> list[Run]:
        """How a snippet came out on the servers of other suites, where that is proven."""
        found = []
        for project in self.others.values():
            if (proof := valid(project, name)) and (versions := servers(proof)):
                snippet = project.snippet(name)
                files = {one.output_file(snippet) for one in (self.project, project)}
                same = len({file.read_text() for file in files}) == 1
                found.append(Run(replace(proof, versions=versions), same))
        return found

    @cached_property
    def releases(self) -> dict[str, str]:
        """Label -> the newest release that is known."""
        file = self.project.root / RELEASES
        told = yaml.safe_load(file.read_text()) if file.exists() else None
        return {str(name): str(version) for name, version in (told or {}).items()}

    def newer(self, versions: dict[str, list[str]]) -> list[str]:
        """Releases that are known and have not been run."""
        return [
            f"{name} {newest}"
            for name, newest in self.releases.items()
            if name in versions and in_order(newest) > in_order(versions[name][0])
        ]

    # On each question page.

    def verified(self, page: Page) -> list[str]:
        """Below the question: since when it holds, and on what."""
        proofs = self.proofs_of(page)
        if not proofs:
            return []
        versions = subjects(proofs)
        words = [f"{name} {', '.join(some)}" for name, some in versions.items()]
        parts = [f"<b>Verified</b> {date_of(min(proof.ran_at for proof in proofs))}", *words]
        line = " · ".join(parts)
        if newer := self.newer(versions):
            line += f' <span class="late">… not yet run on {", ".join(newer)}</span>'
        return ["", f'<p class="verified">{line}</p>', ""]

    def record(self, page: Page) -> list[str]:
        """At the end: how to repeat each run, and what was noted of it."""
        proofs = self.proofs_of(page)
        if not proofs:
            return []
        up, name = "../" * (page.path.count("/") + 1), page.path.removesuffix(".md")
        versions = {
            words: None for proof in proofs for words in listed(proof.versions).split(" · ")
        }
        parts = ["", f'<details class="record" id="record"><summary>Proof: {len(proofs)} runs, ']
        parts[-1] += "with command, versions and digests</summary>"
        parts.append(f"<p>From a checkout: <code>make prove ONLY={name} FRESH=1</code>.")
        parts.append(f" With {' · '.join(versions)}.</p><dl>")
        for proof in proofs:
            parts.append(f'<dt><a href="{up}snippets/{proof.snippet}" download>')
            parts[-1] += f"{proof.snippet.split('/')[-1]}</a></dt><dd>{noted(proof)}"
            parts += [told(proof, run) for run in self.elsewhere(proof.snippet)]
            parts.append("</dd>")
        return ["", "".join(parts) + "</dl></details>", ""]

    # On pages of their own, in place of a mark.

    def claims(self, up: str) -> list[str]:
        """What the web says, question by question. Raises `Refused`."""
        ledger = Ledger(self.project)
        if wrong := ledger.problems():
            raise Refused(*wrong)
        asked = {page.path: question(page) for page in self.pages}
        lines: list[str] = []
        for name in ledger.questions:
            lines += [f"## [{asked[f'{name}.md']}]({name}.md)", "", *ledger.table(name, up), ""]
        return lines

    def strip(self, up: str) -> list[str]:
        """What stands behind the site, in one line."""
        proofs = {proof.snippet: proof for some in self.by_page.values() for proof in some}
        if not proofs:
            return []
        ran = {
            (file, line)
            for proof in proofs.values()
            for file in proof.lines
            for line in proof.lines[file]
            if file.startswith("snippets/")
        }
        told = [
            (len(self.by_page), "answers"),
            (len(proofs), "snippets"),
            (len(ran), "lines of them executed"),
            (sum(proof.processes for proof in proofs.values()), "processes that testified"),
        ]
        words = [f"<b>{number:,}</b> {what}" for number, what in told]
        words.append(f"last run {date_of(max(proof.ran_at for proof in proofs.values()))}")
        newest = [f"{name} {some[0]}" for name, some in subjects(proofs.values()).items()]
        return [f'<p class="strip">{" · ".join([*words, *newest])}</p>']

    def cards(self, up: str) -> list[str]:
        """One for each question, to practise with."""
        return cards(self.questions)

    def matrix(self, up: str) -> list[str]:
        """Questions and versions: how many of an answer's snippets ran on each."""
        runs = {path: self.runs_of(some) for path, some in self.by_page.items()}
        every = subjects(run.proof for some in runs.values() for run in some)
        columns = [(name, version) for name, some in every.items() for version in some]
        lines: list[str] = []
        for topic in TOPICS:
            lines += [f"## {TITLES[topic]}", ""]
            mine = {path: some for path, some in runs.items() if path.startswith(topic)}
            here = [c for c in columns if any(cell(some, c) for some in mine.values())]
            heads = [f"{name} {version}" for name, version in here]
            lines += ["| Question | " + " | ".join(heads) + " |", "| --- |" + " --- |" * len(heads)]
            for path, some in mine.items():
                cells = [cell(some, column) or "–" for column in here]
                lines.append(f"| [{self.title(path)}]({path}) | " + " | ".join(cells) + " |")
            lines.append("")
        return lines

    def runs_of(self, proofs: list[Proof]) -> list[Run]:
        """On the servers of the site itself, and on those of the other suites."""
        other = [run for proof in proofs for run in self.elsewhere(proof.snippet)]
        return [*map(Run, proofs), *other]

    def runs(self, up: str) -> list[str]:
        """Every snippet: when, on what, how long."""
        lines: list[str] = []
        for path, proofs in self.by_page.items():
            lines += [f"## [{self.title(path)}]({path})", ""]
            for proof in proofs:
                name = proof.snippet
                link = f'<a href="{up}snippets/{name}" download>{name.split("/")[-1]}</a>'
                lines.append(f"- {link} · {noted(proof)} · {listed(proof.versions)}")
            lines.append("")
        return lines

    def title(self, path: str) -> str:
        [page] = [page for page in self.pages if page.path == path]
        return str(page.front.get("title"))


def cell(runs: list[Run], column: tuple[str, str]) -> str:
    """How many snippets ran on that version, and how many came out otherwise there."""
    name, version = column
    there = [run for run in runs if version in subjects([run.proof]).get(name, ())]
    suites = {run.proof.suite for run in there}
    words = [
        f"{sign} {number}"
        for sign, same in (("✓", True), ("differs", False))
        if (number := len({run.proof.snippet for run in there if run.same is same}))
    ]
    return " ".join([*words, *(sorted(suites) if suite.DEFAULT not in suites else [])])


def noted(proof: Proof) -> str:
    """When a run was, how long, how much of it ran, and of which text."""
    ran = sum(len(some) for file, some in proof.lines.items() if file.startswith("snippets/"))
    return (
        f"{date_of(proof.ran_at)} · {proof.seconds:.1f} s · {ran} lines in {proof.processes} "
        f"process{'es' * (proof.processes != 1)} · sha256 <code>{proof.digest[:8]}</code>"
    )


def listed(versions: dict[str, str]) -> str:
    """What readers ask about first, then what helped; always in the same order."""
    told = sorted((label(name), name, version) for name, version in versions.items())
    told.sort(key=lambda one: SUBJECTS.index(one[0]) if one[0] in SUBJECTS else len(SUBJECTS))
    return html.escape(" · ".join(f"{words} {version}" for words, _, version in told))


def servers(proof: Proof) -> dict[str, str]:
    """Of its versions those that another suite has otherwise."""
    return {name: v for name, v in proof.versions.items() if name.startswith("server:")}


def told(here: Proof, run: Run) -> str:
    """How it went on another suite of servers; what differs, side by side."""
    there = run.proof
    if run.same:
        return f"<br>The same on {there.suite}: {listed(there.versions)}"
    columns = [
        f"<div><b>{proof.suite}: {listed(servers(proof))}</b>"
        f"<code>{html.escape(proof.output)}</code></div>"
        for proof in (here, there)
    ]
    return f'<br>Differs on {there.suite}:<div class="both">{"".join(columns)}</div>'


MARKS: dict[str, Callable[[Parts, str], list[str]]] = {
    "<!-- acked:claims -->": Parts.claims,
    "<!-- acked:strip -->": Parts.strip,
    "<!-- acked:cards -->": Parts.cards,
    "<!-- acked:matrix -->": Parts.matrix,
    "<!-- acked:runs -->": Parts.runs,
}
