"""Ends runs at random moments, and looks for what they leave behind.

`python bench/kills.py 200` proves a small project with servers and workers so
often, and each time sends SIGKILL, SIGTERM, SIGINT or SIGSTOP (then SIGCONT) at
a random moment. After each: no process of it is alive, its temporary folder is
empty, no mount was added, and every stored proof can be read and trusted. After
every tenth a run from the start is green. SEED repeats the moments.
"""

from __future__ import annotations

import collections
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import corpus
import psutil

from acked import suite
from acked.project import Project
from acked.services import wait_until

SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGSTOP]
PROVE = [sys.executable, "-m", "acked.cli", "prove"]
LONGEST = 6.0  # seconds: by then such a run has ended


def make(root: Path) -> Path:
    """A page of snippets that need nothing, and one of those that need a worker."""
    for name, code in (("one", corpus.TRIVIAL), ("two", corpus.WORKER)):
        corpus.make(root / name, 4, code)
    project = root / "one"
    for folder in ("docs", "snippets"):
        page = root / "two" / folder / "redis"
        for place in page.iterdir():
            text = place.name.replace("page-0", "workers")
            place.rename(project / folder / "redis" / text)
    page = project / "docs/redis/workers.md"
    page.write_text(page.read_text().replace("redis/page-0/", "redis/workers/"))
    return project


def start(project: Path, temporary: Path) -> subprocess.Popen[bytes]:
    env = {**os.environ, "ACKED_ROOT": str(project), "TMPDIR": str(temporary)}
    quiet = subprocess.DEVNULL
    command = [*PROVE, "--fresh"]
    return subprocess.Popen(command, env=env, stdout=quiet, stderr=quiet, start_new_session=True)


def left(project: Path, temporary: Path) -> list[str]:
    """Processes that name the project on their command line or in their environment."""
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            words = " ".join([*process.cmdline(), *process.environ().values()])
            if str(project) in words and process.status() != psutil.STATUS_ZOMBIE:
                found.append(f"{process.pid} {' '.join(process.cmdline())[:100]}")
        except psutil.Error:
            continue
    return found + [str(place) for place in temporary.iterdir()]


def mounts() -> list[str]:
    return sorted(Path("/proc/self/mounts").read_text().splitlines())


def end_one(project: Path, temporary: Path, chance: random.Random) -> str:
    """Returns the signal, and whether the run had ended before it."""
    number, moment = chance.choice(SIGNALS), chance.uniform(0, LONGEST)
    process = start(project, temporary)
    try:
        process.wait(moment)
        return "ended before"
    except subprocess.TimeoutExpired:
        process.send_signal(number)
    if number is signal.SIGSTOP:
        time.sleep(0.5)
        process.send_signal(signal.SIGCONT)
        assert process.wait(120) == 0, "a run that was stopped for a while is green"
    else:
        assert process.wait(60) != 0, f"{number.name} after {moment:.3f} s"
    return number.name


def main() -> None:
    times = int(sys.argv[1]) if sys.argv[1:] else 200
    seed = int(os.environ.get("SEED", random.randrange(10**6)))
    chance, ended = random.Random(seed), collections.Counter[str]()
    print(f"SEED={seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="acked-kills-") as folder:
        project, temporary = make(Path(folder)), Path(folder) / "tmp"
        temporary.mkdir()
        before = mounts()
        for number in range(1, times + 1):
            ended[end_one(project, temporary, chance)] += 1
            wait_until(lambda: not left(project, temporary), 15, "an end of all of it")
            assert mounts() == before
            snippets, problems = Project(project).snippets()
            assert not problems
            for one in snippets:
                Project(project).store.load(suite.current(), one.name)
            if number % 10 == 0:
                assert start(project, temporary).wait(120) == 0, "the next run is right"
                print(number, dict(ended), flush=True)
    print(f"{times} runs, nothing left: {dict(ended)}")


if __name__ == "__main__":
    main()
