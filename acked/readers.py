"""Which snippets a reader can run as they are, on servers of their own, and how."""

from __future__ import annotations

import os
import re

from acked.page import TITLES
from acked.project import SHARED, Project, modules_named
from acked.snippet import Snippet

# Where the site will be, if that is known.
ADDRESS = os.environ.get("ACKED_SITE_URL", "").rstrip("/")
SERVERS = {**TITLES, "postgresql": "PostgreSQL", "memcached": "memcached"}
# For snippets that ask for an address and have none by themselves.
DEFAULTS = {
    "AMQP_URL": "amqp://localhost",
    "DATABASE_URL": "postgresql://postgres@localhost",
    "REDIS_URL": "redis://localhost",
}
ASKED_FOR = re.compile(r'environ\["(\w+)"\]')


def stands_alone(project: Project, snippet: Snippet) -> bool:
    """Whether it needs nothing of ours: no module, no other file, no process beside it."""
    header, folder = snippet.header, snippet.file.parent
    if header.starts or header.environments or header.worker is not None:
        return False
    if not set(ASKED_FOR.findall(snippet.text)) <= DEFAULTS.keys():
        return False
    shared = project.snippets_folder / snippet.name.split("/")[0] / SHARED
    ours = {file.stem for file in (*folder.glob("*.py"), *shared.rglob("*"))} - {snippet.file.stem}
    if modules_named(snippet.text) & {"acked", *ours}:
        return False
    return not any(file.name in snippet.text for file in project.companions(snippet))


def command(snippet: Snippet) -> str:
    """What the reader types, as one line."""
    asked = dict.fromkeys(ASKED_FOR.findall(snippet.text))
    words = [f"{name}={DEFAULTS[name]}" for name in asked]
    return " ".join([*words, f"uv run {ADDRESS}/snippets/{snippet.name}"])


def servers(snippet: Snippet) -> str:
    """What the reader must have running."""
    return " and ".join(SERVERS[wanted.name] for wanted in snippet.header.services)
