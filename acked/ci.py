"""What CI adds to the verbs: shards, and the proofs of many jobs brought together.

Each job proves a part and hands its `.proofs` on. They are gathered in one
folder, a folder a job. All jobs of one run share a seal that its first job made,
so a proof from anywhere else is refused (docs/proofs.md says what that is worth).
"""

from __future__ import annotations

import json
import platform
import re
import secrets
import subprocess
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import unified_diff
from html import escape
from pathlib import Path

from acked import suite
from acked.page import Page, pages
from acked.project import Project
from acked.proof import Failure, Proof, Store, seal_key, take_seal
from acked.snippet import Problem, Refused

LOCK = "requirements.lock"
ISSUE_LIMIT = 60_000  # characters; GitHub takes 65,536


def seal(key: str) -> None:
    """Take the key of a run for this machine's; without one, make it and print it."""
    try:
        take_seal(suite.cache(), key or (made := secrets.token_hex(32)))
    except ValueError:
        what = "SEAL is no key: 64 hexadecimal digits"
        raise Refused(Problem("Makefile", 1, what, "take what make seal printed")) from None
    if not key:
        print(f"seal={made}")


# Shards.


def shard(project: Project, part: str) -> list[Page]:
    """The pages of one part, such as `2/4`: every page is in one, all take about as long."""
    match = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", part)
    if not match or int(match[1]) > int(match[2]):
        problem = Problem("Makefile", 1, f"SHARD is {part!r}", "say which of how many: SHARD=2/4")
        raise Refused(problem)
    number, total = int(match[1]) - 1, int(match[2])
    weighed = [(weight(project, page), page) for page in pages(project)]
    loads, chosen = [0.0] * total, []
    for seconds, page in sorted(weighed, key=lambda one: (-one[0], one[1].path)):
        lightest = loads.index(min(loads))
        loads[lightest] += seconds
        if lightest == number and seconds:
            chosen.append(page)
    if not chosen:
        raise Refused(Problem("Makefile", 1, f"SHARD {part} holds no page", "use fewer shards"))
    return chosen


def weight(project: Project, page: Page) -> float:
    """Seconds that its snippets took when last proven, else may take at most."""
    seconds = float(bool(page.blocks or page.problems))
    for name in {shown.name for block in page.blocks for shown in block.shown}:
        with suppress(Refused):
            proof = project.store.load(suite.current(), name)
            if proof:
                seconds += proof.seconds
            elif name.endswith(".py"):
                seconds += project.snippet(name).header.timeout
    return seconds


# Proofs of many jobs.


@dataclass
class Run:
    """What all jobs of a run have proven, and what they have not."""

    proofs: list[Proof] = field(default_factory=list)
    failures: dict[str, dict[str, Failure]] = field(default_factory=lambda: defaultdict(dict))
    """Snippet -> where it ran -> why it failed."""


def read(folder: Path) -> Run:
    """Raises `Refused` when a proof was not sealed in this run."""
    run = Run()
    key = seal_key(suite.cache())
    for job in sorted(place for place in folder.glob("*") if place.is_dir()):
        store = Store(job, key)
        for file in sorted(job.glob("*/*/*/*.*")):
            place, name = file.relative_to(job).parts[0], "/".join(file.relative_to(job).parts[1:])
            if file.suffix == ".json" and (proof := store.load(place, name.removesuffix(".json"))):
                run.proofs.append(proof)
            elif file.suffix == ".failed":
                failure = Failure(**json.loads(file.read_bytes()))
                snippet = name.removesuffix(".failed")
                run.failures[snippet][job.name.removeprefix("proofs-")] = failure
    return run


def gather(project: Project, folder: Path) -> int:
    """Put the proofs that were made with this Python into `.proofs`."""
    ours = [proof for proof in read(folder).proofs if same_python(proof)]
    for proof in ours:
        project.store.save(proof)
    print(f"{len(ours)} proofs taken from {folder}")
    return 0 if ours else 1


def same_python(proof: Proof) -> bool:
    return minor(proof.versions.get("python", "")) == minor(platform.python_version())


def minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


# For people: the summary of a run, and the report of what broke.


def summary(project: Project, folder: Path) -> str:
    """What was proven, slowest first, what failed, and which outputs changed; Markdown."""
    run = read(folder)
    by_name: dict[str, list[Proof]] = defaultdict(list)
    for proof in run.proofs:
        by_name[proof.snippet].append(proof)
    text = ["# What was proven", ""]
    text += [f"{len(by_name)} snippets in {len(run.proofs)} runs."]
    broken = {name: found for name, found in run.failures.items() if not too_old(found.values())}
    if broken:
        text += ["", "## Failed", "", "| snippet | where | why |", "|---|---|---|"]
        for name, found in sorted(broken.items()):
            words = cell(next(iter(found.values())).words)
            text.append(f"| {name} | {', '.join(sorted(found))} | {words} |")
    text += ["", "| snippet | slowest, s | ran on |", "|---|--:|---|"]
    for proofs in sorted(by_name.values(), key=lambda found: -max(p.seconds for p in found)):
        text.append(
            f"| {proofs[0].snippet} | {max(p.seconds for p in proofs):.1f} | {places(proofs)} |"
        )
    changes = changed_outputs(project)
    text += ["", "## Recorded outputs that changed", ""]
    text += [f"<pre>{escape(changes)}</pre>" if changes else "None."]
    return "\n".join(text)


def too_old(failures: Iterable[Failure]) -> bool:
    """Whether all that is wrong is a suite that the snippet is not for."""
    return all(re.match(r"needs .*, the suite \w+ has ", failure.words) for failure in failures)


def places(proofs: list[Proof]) -> str:
    found: dict[str, set[str]] = defaultdict(set)
    for proof in proofs:
        found[proof.suite].add(minor(proof.versions.get("python", "?")))
    return "; ".join(f"{place}: {', '.join(sorted(found[place]))}" for place in sorted(found))


def cell(words: str) -> str:
    return escape(words).replace("|", "&#124;").replace("\n", " ")


def changed_outputs(project: Project) -> str:
    """Of the commit's first parent: of a pull request, what it would be merged into."""
    return git(project, "diff", "HEAD^1", "--", "snippets/*.out")


def git(project: Project, *argv: str) -> str:
    command = ["git", "-C", str(project.root), *argv]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    return done.stdout if done.returncode == 0 else ""


def report(project: Project, folder: Path, address: str) -> str:
    """What no longer holds on the newest versions; nothing if all does. Markdown."""
    run = read(folder)
    before = published(address)
    old_lock = locked(git(project, "show", f"HEAD:{LOCK}"))
    text = []
    for name, found in sorted(run.failures.items()):
        if not too_old(found.values()):
            text += broken(project, name, found, before.get(name), old_lock)
    if not text:
        return ""
    new_lock = locked((project.root / LOCK).read_text())
    newer = {name for name, version in new_lock.items() if old_lock.get(name) != version}
    text += ["", "## All newer packages", ""]
    text += table({n: old_lock.get(n, "–") for n in newer}, {n: new_lock[n] for n in newer})
    whole = "\n".join(["The newest versions break these answers.", *text])
    return whole[:ISSUE_LIMIT]


def broken(
    project: Project,
    name: str,
    found: dict[str, Failure],
    before: Proof | None,
    lock: dict[str, str],
) -> list[str]:
    """One answer: where it broke, its old and new versions, its old and new output."""
    failure = next(iter(found.values()))
    old = {key: lock[key] for key in failure.versions if key in lock}
    recorded = project.snippets_folder / Path(name).with_suffix(".out")
    text = recorded.read_text() if recorded.exists() else ""
    if before:
        old, text = before.versions, before.output
    difference = unified_diff(text.splitlines(), failure.output.splitlines(), "old", "new", n=9)
    return [
        "",
        f"## {name.rpartition('/')[0]}",
        "",
        f"`{name}` on {', '.join(sorted(found))}: {cell(failure.words)}",
        "",
        *table(old, failure.versions),
        "",
        f"<pre>{escape(chr(10).join(difference))}</pre>",
        "",
        f"To repeat it: `make lock FRESH=1 && make prove ONLY={name.rpartition('/')[0]}`",
    ]


def table(old: dict[str, str], new: dict[str, str]) -> list[str]:
    rows = [f"| {name} | {old.get(name, '–')} | {new[name]} |" for name in sorted(new)]
    return ["| | proven with | now |", "|---|---|---|", *rows]


def published(address: str) -> dict[str, Proof]:
    """Snippet -> its proof on the site that is public now, if there is one."""
    if not address.startswith("https://"):
        return {}
    try:
        with urllib.request.urlopen(f"{address.rstrip('/')}/proofs.json", timeout=30) as answer:
            return {one["snippet"]: Proof(**one) for one in json.load(answer)["proofs"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{address}: {error}", file=sys.stderr)
        return {}


def locked(lock: str) -> dict[str, str]:
    return dict(re.findall(r"(?m)^([a-z0-9][a-z0-9.-]*)(?:\[.*\])?==([^ ;\\]+)", lock))


# Annotations.


def annotation(problem: Problem, place: str = "", line: int = 0) -> str:
    """A workflow command that puts a problem on its line, or on the line given."""

    def escaped(text: str, more: str = "") -> str:
        for char in f"%\r\n{more}":
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    file, line = (place, line) if place else (problem.path, problem.line)
    words = str(problem) if place else f"{problem.what}; {problem.mend}"
    return f"::error file={escaped(file, ':,')},line={line}::{escaped(words)}"
