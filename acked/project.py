"""Where things are: one checkout, its snippets, its proofs, today's versions."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import platform
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from packaging.requirements import Requirement

from acked import environments, suite
from acked.proof import Proof, Store, digests, seal_key, stale
from acked.snippet import (
    Problem,
    Refused,
    Snippet,
    load,
    of_text,
    read_text,
    section_problems,
    style_problems,
)

RUNNABLE = ".py"
OUTPUT = ".out"
COMPANIONS = (".conf", ".cfg", ".ini", ".html")
SHARED = "project"  # snippets/<topic>/project/ serves all questions of a topic


def name_key(package: str) -> str:
    """A package's name in the one spelling that all tools agree on."""
    return re.sub(r"[-_.]+", "-", package).lower()


@dataclass
class Project:
    root: Path
    on: str = field(default_factory=suite.current)
    """The suite of servers that its proofs are about."""

    @classmethod
    def here(cls) -> Project:
        """The checkout that this code belongs to; `ACKED_ROOT` names another."""
        return cls(Path(os.environ.get("ACKED_ROOT") or Path(__file__).parent.parent).resolve())

    @property
    def docs(self) -> Path:
        return self.root / "docs"

    @property
    def snippets_folder(self) -> Path:
        return self.root / "snippets"

    @property
    def store_folder(self) -> Path:
        return self.root / ".proofs"

    @cached_property
    def store(self) -> Store:
        return Store(self.store_folder, seal_key(suite.cache()))

    @cached_property
    def service_versions(self) -> dict[str, str]:
        return suite.versions(self.on)

    @cached_property
    def versions(self) -> dict[str, str]:
        """Of everything installed: packages by name, servers, Python."""
        found = {name_key(d.name): d.version for d in importlib.metadata.distributions()}
        servers = {f"server:{name}": version for name, version in self.service_versions.items()}
        others = environments.versions() | suite.older_versions()
        return {**found, **servers, **others, "python": platform.python_version()}

    @cached_property
    def _distributions(self) -> Mapping[str, list[str]]:
        return importlib.metadata.packages_distributions()

    def versions_of(self, modules: Iterable[str]) -> dict[str, str]:
        """Folders and modules of site-packages -> the packages they belong to, with version."""
        names = {name_key(n) for module in modules for n in self._distributions.get(module, ())}
        return {name: self.versions[name] for name in sorted(names)}

    def stamp(self, *folders: Path) -> tuple[tuple[str, int], ...]:
        """Changes whenever a file in the folders does: pages, snippets, locks, proofs."""
        every = (self.docs, self.snippets_folder, self.store_folder, self.root / "locks")
        found = []
        for top in folders or every:
            for folder, _, names in os.walk(top):
                for place in (f"{folder}/{name}" for name in names):
                    with suppress(OSError):  # it may be gone by now
                        found.append((place, os.stat(place).st_mtime_ns))
        return tuple(found)

    def relative(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix()

    # Snippets.

    def files(self) -> Iterator[Path]:
        """Every file under `snippets/`, sorted."""
        found = []
        for folder, folders, names in os.walk(self.snippets_folder):
            folders[:] = [one for one in folders if not one.startswith((".", "__pycache__"))]
            found += [Path(folder, name) for name in names if not name.startswith(".")]
        yield from sorted(file for file in found if file.is_file())

    def is_module(self, file: Path) -> bool:
        """Whether a .py file is only there to be imported by a snippet."""
        if self.is_shared(file):
            return True
        if "# /// script" in file.read_text(errors="replace"):
            return False
        return any(
            file.stem in modules_named(other.read_text(errors="replace"))
            for other in file.parent.glob("*.py")
            if other != file
        )

    def is_shared(self, file: Path) -> bool:
        """Whether a file belongs to the project that serves a whole topic."""
        parts = file.relative_to(self.snippets_folder).parts
        return len(parts) > 2 and parts[1] == SHARED

    def snippet(self, name: str) -> Snippet:
        """One snippet, checked. Raises `Refused`."""
        snippet = load(self.snippets_folder / name, name)
        there = {*environments.names(), *suite.OLDER}
        for unknown in set(snippet.header.environments) - there:
            lines = snippet.text.splitlines()
            line = next((n for n, text in enumerate(lines, 1) if unknown in text), 1)
            known = ", ".join(sorted(there))
            what = f"unknown environment {unknown!r}"
            raise Refused(Problem(f"snippets/{name}", line, what, f"use one of {known}"))
        return snippet

    def snippets(self) -> tuple[list[Snippet], list[Problem]]:
        """All good snippets, and all that is wrong in the folder."""
        found, problems = [], []
        for file in self.files():
            name = file.relative_to(self.snippets_folder).as_posix()
            try:
                self._check_place(file, name)
                if file.suffix == RUNNABLE and not self.is_module(file):
                    found.append(self.snippet(name))
                elif file.suffix != OUTPUT:
                    text = read_text(file, f"snippets/{name}")
                    problems += style_problems(text, f"snippets/{name}")
                    problems += section_problems(text, f"snippets/{name}")
            except Refused as refused:
                problems += refused.problems
        return found, problems

    def _check_place(self, file: Path, name: str) -> None:
        shown_as = f"snippets/{name}"
        if os.path.realpath(file) != f"{os.path.realpath(self.root)}/{shown_as}":
            raise Refused(Problem(shown_as, 1, "is a symbolic link", "put the file itself there"))
        if file.suffix not in (RUNNABLE, OUTPUT, *COMPANIONS):
            raise Refused(
                Problem(
                    shown_as,
                    1,
                    f"a file of kind {file.suffix!r} cannot be proven",
                    f"use one of .py .out {' '.join(COMPANIONS)}",
                )
            )
        if len(Path(name).parts) != 3 and not self.is_shared(file):
            raise Refused(
                Problem(shown_as, 1, "does not sit in snippets/<topic>/<slug>/", "move it there")
            )
        if (
            file.suffix == OUTPUT
            and not file.with_name(file.name.split(".")[0] + RUNNABLE).exists()
        ):
            raise Refused(Problem(shown_as, 1, "is the output of no snippet", "remove it"))

    def output_file(self, snippet: Snippet) -> Path:
        """Its recorded output; a suite may have one of its own."""
        special = snippet.file.with_suffix(f".{self.on}{OUTPUT}")
        return special if special.exists() else snippet.file.with_suffix(OUTPUT)

    def companions(self, snippet: Snippet) -> list[Path]:
        return [file for file in sorted(snippet.file.parent.iterdir()) if file.suffix in COMPANIONS]

    # Proofs.

    def inputs(self, snippet: Snippet, others: Iterable[str] = ()) -> dict[str, str]:
        """All files that a proof of this snippet stands on, with their sha256."""
        files = [
            snippet.file,
            self.output_file(snippet),
            *self.companions(snippet),
            *(
                self.root / f"locks/{name}.lock"
                for name in snippet.header.environments
                if name not in suite.OLDER
            ),
        ]
        return digests(self.root, {*(self.relative(file) for file in files), *others})

    def proof(self, snippet: Snippet) -> Proof | None:
        """The stored proof. Raises `Refused` when it cannot be trusted."""
        return self.store.load(self.on, snippet.name)

    def why_unproven(self, snippet: Snippet) -> Problem | None:
        """None when a valid proof is there; else what is missing."""
        shown_as = f"snippets/{snippet.name}"
        mend = f"make prove ONLY={snippet.folder}"
        failed = self.store.failure(self.on, snippet.name, self.root)
        try:
            proof = self.proof(snippet)
        except Refused as refused:
            return refused.problems[0]
        if proof is None:
            what = f"did not pass: {failed}" if failed else "has no proof"
            return Problem(shown_as, 1, what, mend)
        if self.relative(self.output_file(snippet)) not in proof.inputs:
            return Problem(shown_as, 1, "was proven with another recorded output", mend)
        reason = stale(proof, self.root, self.versions)
        return Problem(shown_as, 1, reason, mend) if reason else None

    def versions_for(self, snippet: Snippet) -> dict[str, str]:
        """What a proof names: its packages, its servers, Python."""
        names = [name_key(wanted.name) for wanted in snippet.header.dependencies]
        names += [f"server:{wanted.name}" for wanted in snippet.header.servers] + ["python"]
        for name in snippet.header.environments:
            if name in suite.OLDER:
                names += [f"{name}/{wanted.name}" for wanted in snippet.header.servers]
                continue
            asked = (environments.LOCKS / f"{name}.in").read_text().splitlines()
            names += [f"{name}/{name_key(Requirement(line).name)}" for line in asked if line]
        return {name: self.versions[name] for name in names if name in self.versions}


class Snapshot(Project):
    """A project that does not change while it is looked at: each fact is found once."""

    def __init__(self, root: Path, on: str) -> None:
        super().__init__(root, on)
        self._known: dict[tuple[str, object], Any] = {}

    def _once(self, what: str, about: object, find: Callable[[], Any]) -> Any:
        if (what, about) not in self._known:
            self._known[what, about] = find()
        return self._known[what, about]

    def forget(self, snippet: Snippet) -> None:
        """It has just been run: look at its proof again."""
        self._known.pop(("proof", snippet.name), None)
        self._known.pop(("why", snippet.name), None)

    def is_module(self, file: Path) -> bool:
        return bool(self._once("module", file, lambda: Project.is_module(self, file)))

    def snippet(self, name: str) -> Snippet:
        found = self._once("snippet", name, lambda: Project.snippet(self, name))
        return cast(Snippet, found)

    def proof(self, snippet: Snippet) -> Proof | None:
        found = self._once("proof", snippet.name, lambda: Project.proof(self, snippet))
        return cast(Proof | None, found)

    def why_unproven(self, snippet: Snippet) -> Problem | None:
        found = self._once("why", snippet.name, lambda: Project.why_unproven(self, snippet))
        return cast(Problem | None, found)


NAMES_MODULE = re.compile(r"[a-z_]\w*([.:]\w+)*")


@of_text
def modules_named(text: str) -> frozenset[str]:
    """Modules that a file imports or names (`"views"`, `"wsgi:application"`)."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return frozenset()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Constant) and NAMES_MODULE.fullmatch(str(node.value)):
            found.add(re.split("[.:]", str(node.value))[0])
    return frozenset(found)
