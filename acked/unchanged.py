"""Whether anything is other than when the whole checkout was last proven.

To find out page by page that nothing is to do takes seconds, so a green run
leaves a digest of all that it stood on: pages, snippets, locks, proofs, versions
and this program. Only `make prove` asks here; the gate looks at all of it anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from acked.project import Project
from acked.proof import write_whole
from acked.snippet import sha256

MACHINERY = Path(__file__).parent


def since(project: Project) -> str | None:
    """When all was proven as it is now (UTC, ISO 8601); None if it was not."""
    try:
        digest, when = note_of(project).read_text().split()
    except (OSError, ValueError):
        return None
    return when if digest == with_proofs(project, sources(project)) else None


def note(project: Project, before: str) -> None:
    """All is proven. `before`: the `sources` that the run began with."""
    if sources(project) == before:  # else a file was changed after it had been looked at
        when = datetime.now(UTC).isoformat(timespec="seconds")
        write_whole(note_of(project), f"{with_proofs(project, before)} {when}\n")


def note_of(project: Project) -> Path:
    return project.store_folder / f"{project.on}.proven"


def sources(project: Project) -> str:
    """Digest of what proofs are made of."""
    folders = (project.docs, project.snippets_folder, project.root / "locks", MACHINERY)
    return digest(json.dumps(project.versions, sort_keys=True), *map(tree, folders))


def with_proofs(project: Project, of_sources: str) -> str:
    return digest(of_sources, tree(project.store_folder / project.on))


def tree(folder: Path) -> str:
    """Digest of all files in it: where they are, of which kind, what they hold."""
    return digest(*sorted(entries(folder)))


def entries(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if one != "__pycache__"]
        for file in (os.path.join(place, name) for name in (*names, *folders)):
            kind = os.lstat(file).st_mode
            held = Path(file).read_bytes() if os.path.isfile(file) else b""
            yield f"{os.path.relpath(file, folder)} {kind:o} {sha256(held)}"


def digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode(errors="surrogateescape"))
