"""A small project of its own for each test, and the verbs run on it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from built_site import browser, site

from acked.project import Project
from acked.sandbox import die_with_parent
from acked.scaffold import new_question

__all__ = ["browser", "site"]  # fixtures

ROOT = Path(__file__).parent.parent
CONFIG = """\
site_name: Test
theme: material
docs_dir: docs
markdown_extensions: [admonition, attr_list, tables, pymdownx.superfences, acked]
plugins: []
nav:
  - Home: index.md
  - Redis:
      - redis/old.md
"""


def pytest_configure() -> None:
    # A shell's background job begins with it ignored, and so would all we start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # What fails on purpose is nothing to annotate.
    os.environ.pop("GITHUB_ACTIONS", None)
    if "MAKELEVEL" in os.environ:  # else kill -9 of make would leave us at work
        die_with_parent()


@dataclass
class Small:
    """One page, `docs/redis/does-it-run.md`, and its snippet."""

    root: Path

    @property
    def page(self) -> Path:
        return self.root / "docs/redis/does-it-run.md"

    @property
    def folder(self) -> Path:
        return self.root / "snippets/redis/does-it-run"

    @property
    def snippet(self) -> Path:
        return self.folder / "example.py"

    @property
    def proof(self) -> Path:
        return self.root / ".proofs/forky/redis/does-it-run/example.py.json"

    def change(self, file: Path, old: str, new: str) -> None:
        text = file.read_text()
        assert old in text, f"{old!r} is not in {file}"
        file.write_text(text.replace(old, new))

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "ACKED_ROOT": str(self.root), "NO_MKDOCS_2_WARNING": "1", **more}

    def start(self, *verb: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "acked.cli", *verb],
            cwd=self.root,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *verb: str, **environment: str) -> tuple[int, str]:
        """Exit status and all that was printed."""
        process = self.start(*verb, **environment)
        out, _ = process.communicate(timeout=180)
        # Below a problem the end of the snippet's own stderr may stand, indented.
        assert not re.search("(?m)^Traceback", out), out
        return process.returncode, out


def make_small(root: Path) -> Small:
    (root / "docs/redis").mkdir(parents=True)
    (root / "docs/index.md").write_text("# Test\n")
    (root / "docs/redis/old.md").write_text("")
    (root / "mkdocs.yml").write_text(CONFIG)
    new_question(Project(root), "Does it run?", "redis")
    (root / "docs/redis/old.md").unlink()
    small = Small(root)
    small.change(root / "mkdocs.yml", "      - redis/old.md\n", "")
    return small


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return make_small(tmp_path / "checkout")


@pytest.fixture(scope="session")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    small = make_small(tmp_path_factory.mktemp("proven") / "checkout")
    status, out = small.run("prove")
    assert status == 0, out
    return small.root


@pytest.fixture
def proven_small(proven: Path, tmp_path: Path) -> Small:
    """A copy of a project whose snippet is proven already."""
    shutil.copytree(proven, tmp_path / "checkout")
    return Small(tmp_path / "checkout")


def run_of(small: Small, text: str) -> list[psutil.Process]:
    """Processes anywhere on this machine that belong to this test's project."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = " ".join(process.info["cmdline"] or [])
        if str(small.root) in words and text in words:
            found.append(process)
    return found


Change = Callable[[Small], None]
