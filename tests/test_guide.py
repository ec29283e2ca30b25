"""The guide's commands, run as they stand there, in a clone of one's own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from conftest import ROOT

from acked.project import Project


def test_every_command_of_the_guide_works(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    files = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    for name in filter(None, files):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_bytes((ROOT / name).read_bytes())
    clean = {n: v for n, v in os.environ.items() if n not in ("ONLY", "Q", "TOPIC", "MAKEFLAGS")}
    subprocess.run(["make", "setup"], cwd=clone, env=clean, check=True, timeout=300)
    run = [".venv/bin/python", "-m", "pytest", "--codeblocks", "-p", "no:xdist", "-o", "addopts="]
    done = subprocess.run(
        [*run, "-q", "docs/contributing.md"],
        cwd=clone,
        env=clean,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
    made = Project(clone).snippet("celery/what-does-prefetch-do/example.py")
    assert Project(clone).why_unproven(made) is None
