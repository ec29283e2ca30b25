"""Serve the site at once, and prove what is not proven meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from acked import sandbox, suite
from acked.project import Project, Snapshot
from acked.prove import Proving, Result
from acked.services.base import accepts
from acked.snippet import Snippet

ADDRESS = os.environ.get("ACKED_ADDRESS", "127.0.0.1:8000")
POLL = 0.5  # seconds between two looks at the files
BATCH = 30.0  # seconds in which proofs gather before the pages are built again


def run(project: Project, alone: Callable[[], AbstractContextManager[None]]) -> int:
    project.store_folder.mkdir(exist_ok=True)
    landed = project.store_folder / "landed"
    landed.touch()
    console = Console()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = start_mkdocs(project, landed)
    try:
        bring_the_rest()
        while server.poll() is None and not accepts(int(ADDRESS.rpartition(":")[2])):
            time.sleep(POLL)  # else MkDocs would miss what is proven meanwhile
        seen = None
        while server.poll() is None:
            if (now := project.stamp()) != seen:
                seen = now
                if todo := unproven(Snapshot(project.root, project.on)):
                    with alone(), suppress(Edited):
                        prove(project, todo, landed, console, server)
            time.sleep(POLL)
        return server.returncode
    except ServerGone:
        return server.returncode or 1
    finally:
        server.terminate()
        server.wait()


def bring_the_rest() -> None:
    """What snippets need and the first page does not: other versions of packages."""
    command = [sys.executable, "-m", "acked.bootstrap", "setup"]
    subprocess.run(command, preexec_fn=sandbox.die_with_parent)  # it says what fails


def start_mkdocs(project: Project, landed: Path) -> subprocess.Popen[bytes]:
    """In a sandbox for its /tmp: MkDocs builds into a folder there and may be killed."""
    argv = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", ADDRESS, "--livereload"]
    argv += ["--config-file", str(project.root / "mkdocs.yml")]
    argv += ["--watch", str(project.snippets_folder), "--watch", str(landed)]
    environment = {**os.environ, "ACKED_SERVE": "1", "NO_MKDOCS_2_WARNING": "1"}
    command = sandbox.wrap(argv, project.root, may_read_seal=True)
    return subprocess.Popen(
        command, cwd=project.root, env=environment, preexec_fn=sandbox.die_with_parent
    )


def unproven(project: Project) -> list[Snippet]:
    """What has no valid proof and did not fail as it is; the newest edit first."""
    snippets, _ = project.snippets()
    store = project.store
    todo = [
        snippet
        for snippet in snippets
        if project.why_unproven(snippet)
        and not store.failure(suite.current(), snippet.name, project.root)
    ]
    return sorted(todo, key=lambda snippet: -edited(project, snippet))


def edited(project: Project, snippet: Snippet) -> float:
    page = project.docs / f"{snippet.folder}.md"
    return max(file.stat().st_mtime for file in (page, snippet.file) if file.exists())


class ServerGone(Exception):
    """MkDocs ended, and said why: nobody is left to read the proofs."""


class Edited(Exception):
    """A snippet was edited meanwhile: that one is wanted first."""


def prove(
    project: Project,
    todo: list[Snippet],
    landed: Path,
    console: Console,
    server: subprocess.Popen[bytes],
) -> None:
    columns = (
        TextColumn("proving"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(todo))
        reloaded = time.monotonic()

        def done(result: Result) -> None:
            nonlocal reloaded
            for problem in result.problems:
                progress.console.print(str(problem), style="red", markup=False, soft_wrap=True)
            progress.update(task, advance=1, description=result.snippet.name)
            if result.snippet is todo[0] or time.monotonic() - reloaded > BATCH:
                landed.touch()
                reloaded = time.monotonic()

        snippets = project.stamp(project.snippets_folder)
        with Proving(project, todo, done) as proving:
            while wait(proving.results.values(), timeout=POLL).not_done:
                if server.poll() is not None:
                    raise ServerGone
                if project.stamp(project.snippets_folder) != snippets:
                    raise Edited
    landed.touch()
