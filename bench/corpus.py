"""Projects of any size, as a contributor would have written them."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime
from pathlib import Path

from acked.page import counted, read_page
from acked.project import Project
from acked.proof import Proof

TRIVIAL = "values = [{n}, 2, 3]\nprint(sum(values))\nassert sum(values) == {n} + 5\n"
IMPORTS = "import celery\nimport django\nimport redis\n\n" + TRIVIAL

WORKER = """\
import os
from pathlib import Path

from celery import Celery

app = Celery(
    Path(__file__).stem,
    broker=os.environ["CELERY_BROKER_URL"],
    backend=os.environ["CELERY_RESULT_BACKEND"],
)


@app.task
def total(values):
    return sum(values)


if __name__ == "__main__":
    print(total.delay([{n}, 2, 3]).get(timeout=60))
"""

HEADER = """\
# /// script
# requires-python = ">=3.12"
# dependencies = [{needs}]
#
# [tool.acked]
# services = [{services}]{worker}
# ///
"""
START, END = "# --8<-- [start:it]\n", "# --8<-- [end:it]\n"
PAGE = """\
---
title: Page {n}
level: junior
tags: [redis]
---

# What is question {n}?

!!! abstract "Short answer"

    An answer.

## See it

{blocks}

## Popular, but wrong

### "A myth"

It is not so.

## What they ask next

- **What else?** Nothing.

## Sources

- [Documentation](https://redis.io/docs/latest/): all of it
"""
CONFIG = """\
site_name: Bench
theme: material
use_directory_urls: true
plugins: []
markdown_extensions: [admonition, attr_list, tables, pymdownx.superfences{gate}]
"""
TESTS = {
    "test_examples.py": """
        import pytest
        from pytest_examples import find_examples

        @pytest.mark.parametrize("example", list(find_examples("docs")), ids=str)
        def test_example(example, eval_example):
            eval_example.run(example)
    """,
    "test_mktestdocs.py": """
        import pathlib
        import pytest
        from mktestdocs import grab_code_blocks

        BLOCKS = [
            (file.name, number, block)
            for file in sorted(pathlib.Path("docs").rglob("*.md"))
            for number, block in enumerate(grab_code_blocks(file.read_text(), lang="python"))
        ]

        @pytest.mark.parametrize("name, number, block", BLOCKS)
        def test_block(name, number, block):
            exec(block, {"__name__": "__main__"})
    """,
    "conftest.py": """
        from sybil import Sybil
        from sybil.parsers.markdown import PythonCodeBlockParser

        pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser()], pattern="*.md").pytest()
    """,
}


def header_for(code: str) -> str:
    needs, services, worker = "", "", ""
    if code is IMPORTS:
        needs = '"celery[redis]", "Django", "redis"'
    elif code is WORKER:
        needs, services = '"celery[redis]"', '"redis"'
        worker = '\n# worker = "--concurrency=1"'
    header = HEADER.replace("{needs}", needs).replace("{services}", services)
    return header.replace("{worker}", worker)


def snippet(n: int) -> str:
    return f"snippets/redis/page-{n // 20}/s{n}.py"


def make(root: Path, count: int, code: str, each: int = 20) -> Path:
    """A project of `count` snippets, `each` on a page; and the same code typed into pages."""
    header = header_for(code)
    for page in range(0, count, each):
        slug, numbers = f"page-{page // each}", range(page, min(page + each, count))
        includes, typed = [], []
        for n in numbers:
            text = code.replace("{n}", str(n))
            file = root / f"snippets/redis/{slug}/s{n}.py"
            write(file, header + START + text + END)
            write(file.with_suffix(".out"), f"{n + 5}\n")
            includes.append(f'```python\n--8<-- "redis/{slug}/s{n}.py:it"\n```')
            typed.append(f"```python\n{text}```")
        for folder, blocks in (("docs", includes), ("typed/docs", typed)):
            words = PAGE.replace("{n}", slug.removeprefix("page-"))
            words = words.replace("{blocks}", "\n\n".join(blocks))
            write(root / folder / f"redis/{slug}.md", words)
    for folder, gate in (("", ", acked"), ("typed/", "")):
        write(root / folder / "docs/index.md", "# Bench\n")
        write(root / folder / "mkdocs.yml", CONFIG.replace("{gate}", gate))
    for name, text in TESTS.items():
        folder = "typed/sybil" if name == "conftest.py" else "typed"
        write(root / folder / name, textwrap.dedent(text))
    (root / "typed/sybil/docs").symlink_to(root / "typed/docs")
    return root


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def forge_proofs(root: Path) -> None:
    """Proofs that no run made, of a project that nobody will publish: to time the rest."""
    project = Project(root)
    snippets, _ = project.snippets()
    shown = {
        one.name: counted(one)
        for file in sorted(project.docs.rglob("*.md"))
        for block in read_page(project, file.relative_to(project.docs).as_posix()).blocks
        for one in block.shown
    }
    for one in snippets:
        project.store.save(
            Proof(
                snippet=one.name,
                suite="forky",
                ran_at=datetime.now(UTC).isoformat(timespec="seconds"),
                seconds=0.1,
                inputs=project.inputs(one),
                versions=project.versions_for(one),
                packages={},
                lines={f"snippets/{one.name}": sorted(shown[one.name])},
                output=one.file.with_suffix(".out").read_text(),
            )
        )
