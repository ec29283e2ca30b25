"""How fast it is. Every figure is a ratio to another one of the same run.

`make bench` prints the tables and writes bench/results.json. Rounds are
interleaved, so that what else the machine does hits all alike; the median of
the rounds counts. CPU is that of the whole machine, for what a sandbox used is
nobody's child: so measure on a quiet one. ROUNDS says how many, and WHOLE=1
proves all snippets of the project as well, once.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import corpus
import psutil
from reload import reload_times
from rich.console import Console
from rich.table import Table

from acked import bootstrap, suite
from acked.project import Project

HERE = Path(__file__).resolve().parent
ROUNDS = int(os.environ.get("ROUNDS", "3"))
FEW = 5

Command = tuple[list[str], Path, dict[str, str]]
"""What to run, where, and what to add to its environment."""


@dataclass
class Cost:
    wall: float
    """Seconds."""
    cpu: float
    """Seconds of all cores, user and system."""
    memory: float = 0
    """MB, the most that the command itself held (no less than we do), not what it started."""


Costs = dict[str, Cost]


def busy() -> float:
    used = psutil.cpu_times()
    return float(used.user + used.nice + used.system)


def cost(command: Command) -> Cost:
    """Of one command; its failure is ours."""
    argv, folder, more = command
    before, began = busy(), time.perf_counter()
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **more}
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(argv, cwd=folder, env=env, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        found = Cost(time.perf_counter() - began, busy() - before, used.ru_maxrss / 1024)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(argv)} failed:\n{said.read()[-4000:]}")
    return found


def medians(cases: dict[str, Command]) -> Costs:
    rounds = [{name: cost(command) for name, command in cases.items()} for _ in range(ROUNDS)]
    return {
        name: Cost(
            *(
                statistics.median(getattr(one[name], what) for one in rounds)
                for what in ("wall", "cpu", "memory")
            )
        )
        for name in cases
    }


# What one more snippet costs.


def per_snippet(
    root: Path, code: str, count: int, ways: Callable[[Path], dict[str, Command]]
) -> Costs:
    """Milliseconds a snippet, without the start of the runner: many less few."""
    few, many = corpus.make(root / "few", FEW, code), corpus.make(root / "many", count, code)
    cases = {f"few {name}": command for name, command in ways(few).items()}
    cases |= {f"many {name}": command for name, command in ways(many).items()}
    found = medians(cases)

    def one(name: str, what: str) -> float:
        more = getattr(found[f"many {name}"], what) - getattr(found[f"few {name}"], what)
        return float(1000 * more / (count - FEW))

    return {name: Cost(one(name, "wall"), one(name, "cpu")) for name in ways(few)}


def isolating(root: Path) -> dict[str, Command]:
    files = str(root / "snippets")
    ours = [sys.executable, "-m", "acked.cli", "prove", "--fresh"]
    return {
        "ours": (ours, root, {"ACKED_ROOT": str(root)}),
        "a fresh interpreter each": ([sys.executable, str(HERE / "fresh.py"), files], root, {}),
        "a bare fork each": ([sys.executable, str(HERE / "fork.py"), files], root, {}),
    }


def with_worker(root: Path) -> dict[str, Command]:
    by_hand = [sys.executable, str(HERE / "worker.py"), str(root / "snippets")]
    return {"ours": isolating(root)["ours"], "a worker each, by hand": (by_hand, root, {})}


def all_runners(root: Path) -> dict[str, Command]:
    """Those that isolate, and those that run each example in their own process."""
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"]
    pytest += ["-c", os.devnull, f"--rootdir={root}"]
    env = {"PYTHONPATH": str(bootstrap.others()), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    typed = root / "typed"

    def plugin(name: str, *arguments: str) -> Command:
        return [*pytest, "-p", name, *arguments], typed, env

    return {
        **isolating(root),
        "pytest-codeblocks": plugin("pytest_codeblocks.plugin", "--codeblocks", f"{typed}/docs"),
        "pytest-markdown-docs": plugin("pytest_markdown_docs.plugin", "--markdown-docs", "docs"),
        "pytest-examples": plugin("pytest_examples", f"{typed}/test_examples.py"),
        "mktestdocs": plugin("no:doctest", f"{typed}/test_mktestdocs.py"),
        "Sybil": plugin("no:doctest", f"{typed}/sybil"),
    }


# What a contributor waits for.


def incremental(root: Path) -> Costs:
    project = corpus.make(root, 200, corpus.TRIVIAL)
    ours = {"ACKED_ROOT": str(project)}
    prove = [sys.executable, "-m", "acked.cli", "prove"]
    cost((prove, project, ours))
    snippet = project / corpus.snippet(7)
    edit = [sys.executable, str(HERE / "edit.py"), str(snippet), *prove]
    return medians(
        {
            "python snippet.py": ([sys.executable, str(snippet)], project, {}),
            "python -c 'import pytest'": ([sys.executable, "-c", "import pytest"], project, {}),
            "make prove, nothing changed": (prove, project, ours),
            "make prove, one snippet edited": (edit, project, ours),
        }
    )


def reloads(root: Path) -> Costs:
    project = corpus.make(root, 20, corpus.TRIVIAL)
    snippet = project / corpus.snippet(7)
    times = reload_times(project, snippet, ROUNDS)
    alone = medians({"python snippet.py": ([sys.executable, str(snippet)], root, {})})
    return {**alone, **{name: Cost(statistics.median(one), 0) for name, one in times.items()}}


# How it grows.


def builds(root: Path) -> Costs:
    """With the gate and the exports, and plain MkDocs on the same code typed into pages."""
    cases: dict[str, Command] = {}
    for pages in (50, 200, 1000):
        project = corpus.make(root / str(pages), 5 * pages, corpus.TRIVIAL, each=5)
        corpus.forge_proofs(project)
        build = [sys.executable, "-m", "mkdocs", "build", "-q", "--site-dir"]
        ours = {"ACKED_ROOT": str(project)}
        cases[f"plain, {pages:,} pages"] = ([*build, f"{project}/plain"], project / "typed", {})
        cases[f"ours, {pages:,} pages"] = ([*build, f"{project}/site"], project, ours)
    return medians(cases)


def growth(root: Path) -> Costs:
    cases: dict[str, Command] = {}
    for count in (50, 500, 5000):
        project = corpus.make(root / str(count), count, corpus.TRIVIAL, each=5)
        corpus.forge_proofs(project)
        ours = {"ACKED_ROOT": str(project)}
        prove = [sys.executable, "-m", "acked.cli", "prove"]
        page = str(next(project.glob("docs/redis/*.md")))
        edit = [sys.executable, str(HERE / "edit.py"), page, *prove]
        cost((prove, project, ours))
        cases[f"{count:,} snippets"] = (prove, project, ours)
        cases[f"{count:,} snippets, a page edited"] = (edit, project, ours)
    return medians(cases)


@contextmanager
def peak_memory() -> Iterator[list[float]]:
    """The most that the machine used meanwhile above what it used before, in MB."""
    before, ended = psutil.virtual_memory().used, threading.Event()
    found = [0.0]

    def look() -> None:
        while not ended.wait(0.5):
            found[0] = max(found[0], (psutil.virtual_memory().used - before) / 2**20)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def whole() -> Costs:
    """All snippets of the project beside what the run cannot go below."""
    with peak_memory() as memory:
        prove = [sys.executable, "-m", "acked.cli", "prove", "--fresh"]
        run = cost((prove, HERE.parent, {}))
    project = Project(HERE.parent)
    snippets, _ = project.snippets()
    proofs = [project.store.load(suite.current(), one.name) for one in snippets]
    seconds = [proof.seconds for proof in proofs if proof]
    bounds = {"longest snippet": max(seconds), "CPU / cores": run.cpu / (os.cpu_count() or 1)}
    return {
        "make prove, all anew": run,
        **{name: Cost(value, 0) for name, value in bounds.items()},
        "snippets one after the other": Cost(sum(seconds), 0),
        f"memory: {memory[0]:.0f} MB at most, {len(seconds)} snippets": Cost(0, 0),
    }


@dataclass
class Part:
    title: str
    unit: str
    base: str
    """The ratios are to this one."""
    measure: Callable[[], Costs]


def parts(root: Path) -> Iterator[Part]:
    yield Part(
        "A trivial snippet", "ms", "a fresh interpreter each",
        lambda: per_snippet(root / "a", corpus.TRIVIAL, 200, all_runners),
    )  # fmt: skip
    yield Part(
        "A snippet that imports Celery, Django and redis", "ms", "a fresh interpreter each",
        lambda: per_snippet(root / "b", corpus.IMPORTS, 45, isolating),
    )  # fmt: skip
    yield Part(
        "A snippet that needs a Celery worker", "ms", "a worker each, by hand",
        lambda: per_snippet(root / "c", corpus.WORKER, 25, with_worker),
    )  # fmt: skip
    yield Part(
        "What a contributor waits for, 200 snippets", "s", "python snippet.py",
        lambda: incremental(root / "d"),
    )  # fmt: skip
    yield Part("An edit under make serve", "s", "python snippet.py", lambda: reloads(root / "e"))
    yield Part("The site", "s", "plain, 50 pages", lambda: builds(root / "f"))
    yield Part("make prove, nothing to run", "s", "50 snippets", lambda: growth(root / "g"))
    if os.environ.get("WHOLE") == "1":
        yield Part("The whole", "s", "CPU / cores", whole)


def show(console: Console, part: Part, found: Costs) -> None:
    table = Table(title=part.title, title_justify="left")
    for head in ("", part.unit, f"CPU {part.unit}", "MB", f"ratio to {part.base}"):
        table.add_column(head, justify="right" if head else "left")
    for name, one in found.items():
        cpu = f"{one.cpu:.2f}" if one.cpu else ""
        memory = f"{one.memory:.0f}" if one.memory else ""
        ratio = f"{one.wall / found[part.base].wall:.2f}"
        table.add_row(name, f"{one.wall:.2f}", cpu, memory, ratio)
    console.print(table)


def main() -> None:
    console = Console(width=100)
    machine = {
        "cores": os.cpu_count(),
        "load before": os.getloadavg()[0],
        "python": platform.python_version(),
        "rounds": ROUNDS,
    }
    results = {}
    with tempfile.TemporaryDirectory(prefix="acked-bench-") as folder:
        for part in parts(Path(folder)):
            found = part.measure()
            show(console, part, found)
            costs = {name: vars(one) for name, one in found.items()}
            results[part.title] = {"unit": part.unit, "ratio to": part.base, "costs": costs}
    console.print(machine)
    text = json.dumps({"machine": machine, "results": results}, indent=1)
    (HERE / "results.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
