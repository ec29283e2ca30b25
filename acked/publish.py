"""After the build: count what is shown, and export the proofs beside it."""

from __future__ import annotations

import html
import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path

from acked import suite
from acked.page import BARE, PICTURES, RUN_IN_PLACE, Page, myths, question, short_answer, sources
from acked.project import SHARED, Project
from acked.proof import Proof
from acked.snippet import Problem, Refused, Snippet, sha256

# A code block of any origin; the theme itself uses none of these.
CODE = re.compile(r"<(?:pre|textarea|xmp|listing|plaintext)\b", re.IGNORECASE)


def publish(project: Project, pages: list[Page], snippets: list[Snippet], site: Path) -> None:
    """Check the built site, then write its exports. Raises `Refused`."""
    problems = [problem for page in pages if (problem := count_blocks(page, site))]
    if problems:
        raise Refused(*problems)
    proofs = [proof for snippet in snippets if (proof := project.proof(snippet))]
    write(
        site / "proofs.json",
        {"suite": suite.current(), "proofs": [asdict(proof) for proof in proofs]},
    )
    by_name = {proof.snippet: proof for proof in proofs}
    entries = [entry(project, page, by_name) for page in pages if page.is_question]
    write(site / "questions.json", {"questions": entries})
    leave_word(pages, site)
    for file in project.files():
        target = site / "snippets" / file.relative_to(project.snippets_folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    for folder in (site / "snippets").glob(f"*/{SHARED}"):
        shutil.make_archive(str(folder), "zip", folder.parent, folder.name)


MOVED = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Moved: {title}</title>
<meta http-equiv="refresh" content="0; url=../../{place}/">
<link rel="canonical" href="../../{place}/"></head>
<body><p>Moved to <a href="../../{place}/">{title}</a></p></body></html>
"""


def leave_word(pages: list[Page], site: Path) -> None:
    """Where a page was, say where it is. A static host knows no other redirect."""
    paths = {page.path for page in pages}
    moved = [(page, name) for page in pages for name in page.formerly]
    for page, name in moved:
        if f"{name}.md" in paths:
            what = f"was never at {name}, where another page is"
            raise Refused(Problem(page.shown_as, 1, what, "remove it from formerly"))
        file = site / name / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        place = page.path.removesuffix(".md")
        file.write_text(MOVED.format(title=html.escape(question(page)), place=place))


def count_blocks(page: Page, site: Path) -> Problem | None:
    """As many code blocks in the HTML as the page has proven ones."""
    built = html_file(page, site)
    if not built.exists():
        return Problem(page.shown_as, 1, "was not built", "add it to nav in mkdocs.yml")
    article = re.search(r"<article\b.*?</article>", built.read_text(), re.DOTALL)
    text = article[0] if article else ""
    rendered = len(CODE.findall(text))
    proven = sum(block.language not in (BARE, *PICTURES) for block in page.blocks)
    proven += sum(fence_count(page.text, language) for language in RUN_IN_PLACE.get(page.path, ()))
    tables, printed = text.count("<table"), sum(block.language == BARE for block in page.blocks)
    if page.is_question and tables != printed:
        what = f"shows {tables} tables, {printed} of them printed by a run"
        return Problem(page.shown_as, 1, what, "let a snippet print it, and include its output")
    if rendered == proven:
        return None
    what = f"shows {rendered} code blocks, {proven} of them proven"
    return Problem(page.shown_as, 1, what, "include every block from snippets/")


def fence_count(text: str, language: str) -> int:
    return len(re.findall(rf"(?m)^ *```{language}$", text))


def html_file(page: Page, site: Path) -> Path:
    path = Path(page.path)
    if path.name == "index.md":
        return site / path.with_suffix(".html")
    return site / path.with_suffix("") / "index.html"


def entry(project: Project, page: Page, proofs: dict[str, Proof]) -> dict[str, object]:
    """One question, as other tools read it."""
    identity = page.path.removesuffix(".md")
    names = sorted({one.name for block in page.blocks for one in block.shown if not one.is_output})
    return {
        "id": identity,
        "topic": identity.split("/")[0],
        "level": page.front.get("level"),
        "tags": page.front.get("tags"),
        "url": f"{identity}/",
        "question": question(page),
        "short_answer": short_answer(page),
        "myths": myths(page),
        "sources": sources(page),
        "snippets": [described(project, name, proofs) for name in names],
    }


def described(project: Project, name: str, proofs: dict[str, Proof]) -> dict[str, object]:
    found: dict[str, object] = {
        "file": f"snippets/{name}",
        "sha256": sha256((project.snippets_folder / name).read_bytes()),
    }
    if name in proofs:
        found["proof"] = asdict(proofs[name])
    return found


def write(file: Path, data: object) -> None:
    file.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
