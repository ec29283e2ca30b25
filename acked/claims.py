"""The ledger, `docs/claims.yml`: what the web says, and what our runs showed.

Question -> list of claims, each with a verdict, the sentence on the page that
replaces it, and the snippet that shows it (or why none can).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cached_property

import yaml

from acked.project import Project
from acked.snippet import Problem

LEDGER = "docs/claims.yml"
VERDICTS = {
    "holds": "holds",
    "conditional": "depends",
    "false": "false",
    "outdated": "out of date",
    "not run": "not run",
}
NEED_A_SNIPPET = ("conditional", "false", "outdated")
KEYS = {"claim", "verdict", "page", "snippet", "why"}


# libyaml's, which takes a tenth of the time.
class _Lines(yaml.CSafeLoader):
    """Notes the line of each mapping, and reads `false` as the word it is."""


_Lines.yaml_implicit_resolvers = {
    key: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool"]
    for key, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: _Lines, node: yaml.MappingNode) -> dict[str, object]:
    found = loader.construct_mapping(node, deep=True)
    return {**{str(key): value for key, value in found.items()}, "_line": node.start_mark.line + 1}


_Lines.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@dataclass
class Ledger:
    project: Project

    @cached_property
    def text(self) -> str:
        file = self.project.root / LEDGER
        return file.read_text() if file.exists() else ""

    @cached_property
    def questions(self) -> dict[str, list[dict[str, object]]]:
        data = yaml.load(self.text, _Lines) or {}
        return {key: value for key, value in data.items() if key != "_line"}

    def problems(self) -> list[Problem]:
        """Claims without a verdict, a sentence or a snippet."""
        try:
            questions = self.questions
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            return [Problem(LEDGER, mark.line + 1 if mark else 1, "is not YAML", "mend it")]
        found = []
        for name, claims in questions.items():
            page = self.project.docs / f"{name}.md"
            text = " ".join(page.read_text().split()) if page.exists() else None
            for claim in claims:
                found += [
                    Problem(LEDGER, int(str(claim["_line"])), what, mend)
                    for what, mend in self._wrong(claim, name, text)
                ]
        return found

    def _wrong(
        self, claim: dict[str, object], name: str, text: str | None
    ) -> list[tuple[str, str]]:
        verdict, sentence = claim.get("verdict"), " ".join(str(claim.get("page", "")).split())
        snippet, why = claim.get("snippet"), claim.get("why")
        wrong = []
        if unknown := claim.keys() - KEYS - {"_line"}:
            wrong.append((f"unknown key {min(unknown)!r}", f"use {', '.join(sorted(KEYS))}"))
        if text is None:
            wrong.append((f"docs/{name}.md does not exist", "name a page"))
        elif not sentence or sentence not in text:
            wrong.append((f"docs/{name}.md does not say {sentence[:60]!r}", "quote the page"))
        if verdict not in VERDICTS:
            wrong.append((f"verdict is {verdict!r}", f"use one of {', '.join(VERDICTS)}"))
        if verdict in NEED_A_SNIPPET and not (snippet or why):
            wrong.append((f"{verdict}, but shown by no snippet", "name it, or say why: …"))
        if verdict == "not run" and not why:
            wrong.append(("not run, and nobody knows why", "say why: …"))
        if snippet and not (self.project.snippets_folder / str(snippet)).is_file():
            wrong.append((f"snippet {snippet} does not exist", "mend the path"))
        return wrong

    def table(self, question: str, up: str) -> list[str]:
        """A Markdown table of one question's claims; `up` leads to the site's root."""
        rows = ["| What the web says | Verdict | What we saw |", "| --- | --- | --- |"]
        for claim in self.questions[question]:
            seen = _cell(claim["page"])
            if claim.get("snippet"):
                name = str(claim["snippet"])
                seen += f' <a href="{up}snippets/{name}">{name.split("/")[-1]}</a>'
            verdict = str(claim["verdict"])
            rows.append(f"| {_cell(claim['claim'])} | **{VERDICTS[verdict]}** | {seen} |")
        return rows


def _cell(text: object) -> str:
    # A link to a place on the page that is quoted leads nowhere from here.
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(str(text).split()))
    return html.escape(words, quote=False).replace("|", "&#124;")
