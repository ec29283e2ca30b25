"""`make new`: a page, a snippet and its output that pass as they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from acked.page import TOPICS
from acked.project import Project
from acked.snippet import Problem, Refused

SNIPPET = """\
# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# services = ["redis"]
# ///
import os

import redis

# --8<-- [start:example]
client = redis.Redis.from_url(
    os.environ.get("REDIS_URL", "redis://localhost:6379/0")
)
client.set("greeting", "it ran")
print(client.get("greeting").decode())
# --8<-- [end:example]
"""

OUTPUT = "it ran\n"

PAGE = """\
---
title: {title}
level: middle
tags: [{topic}]
---

# {question}

!!! abstract "Short answer"

    What you would say in 30 seconds. At most 60 words.

## See it happen

```python
--8<-- "{topic}/{slug}/example.py:example"
```

```text
--8<-- "{topic}/{slug}/example.out"
```

## Popular, but wrong

### "What many say"

Why it is not so, and the run that shows it.

## What they ask next

- **The next question?** Its answer in one sentence.

## Sources

- [The official page]({source}): what it says for us
"""

LONGEST = 120  # characters: it becomes a heading

SOURCES = {
    "django": "https://docs.djangoproject.com/",
    "celery": "https://docs.celeryq.dev/",
    "redis": "https://redis.io/docs/latest/",
    "rabbitmq": "https://www.rabbitmq.com/docs",
}


def new_question(project: Project, question: str, topic: str) -> list[Path]:
    """Make the files of a question; returns them. Raises `Refused`."""
    mend = 'make new Q="What does …?" TOPIC=celery'
    if topic not in TOPICS:
        raise Refused(
            Problem("Makefile", 1, f"TOPIC is {topic!r}, not {' or '.join(TOPICS)}", mend)
        )
    if len(question) > LONGEST:
        what = f"Q has {len(question)} characters"
        raise Refused(Problem("Makefile", 1, what, f"ask in {LONGEST} at most"))
    slug = "-".join(re.findall(r"[a-z0-9]+", question.lower())[:6])
    if not slug:
        raise Refused(Problem("Makefile", 1, "Q holds no question", mend))
    page = project.docs / topic / f"{slug}.md"
    folder = project.snippets_folder / topic / slug
    if page.exists() or folder.exists():
        raise Refused(
            Problem(project.relative(page), 1, "exists already", "edit it, or ask otherwise")
        )
    words = {"question": question, "topic": topic, "slug": slug, "source": SOURCES[topic]}
    files = {
        folder / "example.py": SNIPPET,
        folder / "example.out": OUTPUT,
        page: PAGE.format(title=json.dumps(short(question)), **words),
    }
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return [*files, add_to_navigation(project, topic, f"{topic}/{slug}.md")]


def short(question: str) -> str:
    return " ".join(question.split()[:5]).rstrip("?")


def add_to_navigation(project: Project, topic: str, path: str) -> Path:
    """Add a page below the last one of its topic in mkdocs.yml."""
    file = project.root / "mkdocs.yml"
    lines = file.read_text().splitlines(keepends=True)
    last = [number for number, line in enumerate(lines) if re.match(rf"\s+- {topic}/.*\.md$", line)]
    if not last:
        raise Refused(
            Problem("mkdocs.yml", 1, f"its nav lists no page of {topic}", f"add - {path}")
        )
    indent = lines[last[-1]][: lines[last[-1]].index("-")]
    lines.insert(last[-1] + 1, f"{indent}- {path}\n")
    file.write_text("".join(lines))
    return file
