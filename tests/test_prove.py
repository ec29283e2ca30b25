"""What a run takes up, and in which order."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Small, make_small, run_of

from acked import suite, unchanged
from acked.project import Project
from acked.proof import Proof
from acked.prove import longest_first
from acked.services import wait_until


def test_the_longest_first_as_the_last_run_took(small: Small) -> None:
    project = Project(small.root)
    text = small.snippet.read_text()
    for name, seconds in {"short": 2.0, "long": 50.0, "new": None}.items():
        (small.folder / f"{name}.py").write_text(text)
        if seconds:
            proof = Proof(
                snippet=f"redis/does-it-run/{name}.py",
                suite=suite.current(),
                ran_at="2026-01-01T00:00:00+00:00",
                seconds=seconds,
                inputs={},
                versions={},
                packages={},
                lines={},
                output="",
            )
            project.store.save(proof)
    small.snippet.unlink()
    snippets, _ = project.snippets()
    [timeout] = {snippet.header.timeout for snippet in snippets}
    assert 2 < timeout < 50, "what never ran is taken to need all that it may"
    assert [s.file.stem for s in longest_first(project, snippets)] == ["long", "new", "short"]


# Nothing runs that need not, and nothing is held for proven that is not.

NOTHING = "nothing has changed since "
MORE = {
    "redis/does-it-run/settings.ini": "[all]\nsize = 3\n",
    "redis/does-it-run/helper.py": "SIZE = 3\n",
    "redis/does-it-run/uses.py": """\
# /// script
# requires-python = ">=3.12"
# dependencies = []
#
# [tool.acked]
# services = []
# ///
from configparser import ConfigParser
from pathlib import Path

from acked import witness
from helper import SIZE

file = Path(__file__).with_name("settings.ini")
settings = ConfigParser()
settings.read(file)
for line in (1, 2):
    witness.note(file, line)
print(int(settings["all"]["size"]) + SIZE)
""",
    "redis/other/other.py": """\
# /// script
# requires-python = ">=3.12"
# dependencies = ["Django"]
#
# [tool.acked]
# services = []
# environments = ["django-5-2"]
# ///
print("other")
""",
    "redis/does-it-run/uses.out": "6\n",
    "redis/other/other.out": "other\n",
}
INCLUDES = "\n".join(
    f'```{language}\n--8<-- "redis/does-it-run/{name}"\n```\n'
    for language, name in (("python", "uses.py"), ("ini", "settings.ini"), ("python", "helper.py"))
)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages with three proven snippets, a helper, a companion and a lock."""
    small = make_small(tmp_path_factory.mktemp("three") / "checkout")
    for name, text in MORE.items():
        file = small.root / "snippets" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    words = small.page.read_text()
    other = re.sub(r"(?s)```.*```", '```python\n--8<-- "redis/other/other.py"\n```', words)
    (small.root / "docs/redis/other.md").write_text(other)
    small.page.write_text(words.replace("## Popular", f"{INCLUDES}\n## Popular"))
    (small.root / "locks").mkdir()
    (small.root / "locks/django-5-2.lock").write_text("django==5.2\n")
    status, out = small.run("prove")
    assert status == 0, out
    return small.root


def add(text: str, *places: str) -> Callable[[Small], None]:
    def change(small: Small) -> None:
        for place in places:
            with (small.root / place).open("a") as stream:
                stream.write(text)

    return change


FOLDER = "snippets/redis/does-it-run"
CHANGES: dict[str, tuple[Callable[[Small], None], set[str]]] = {
    "a page's words": (add("\nMore.\n", "docs/redis/does-it-run.md"), set()),
    "a snippet": (add("# more\n", f"{FOLDER}/example.py"), {"example"}),
    "another snippet": (add("# more\n", "snippets/redis/other/other.py"), {"other"}),
    "a helper": (add("# more\n", f"{FOLDER}/helper.py"), {"uses"}),
    "a companion": (add("# more\n", f"{FOLDER}/settings.ini"), {"example", "uses"}),
    "a recorded output": (add("more\n", f"{FOLDER}/uses.out"), {"uses"}),
    "a lock": (add("# more\n", "locks/django-5-2.lock"), {"other"}),
    "a proof is gone": (lambda small: small.proof.unlink(), {"example"}),
    "a snippet, of the same size and age": (
        lambda small: small.change(small.snippet, "greeting", "salution"),
        {"example"},
    ),
}


def names_run(out: str) -> set[str]:
    return set(re.findall(r"\] (?:proven|FAILED) .*/(\w+)\.py", out))


def test_nothing_changed(three: Path, tmp_path: Path) -> None:
    small = Small(shutil.copytree(three, tmp_path / "copy"))
    for file in small.root.rglob("*"):
        file.touch()
    status, out = small.run("prove")
    assert (status, names_run(out)) == (0, set())
    assert out.startswith(NOTHING)
    status, out = small.run("prove", "--fresh")
    assert (status, names_run(out)) == (0, {"example", "uses", "other"})


@pytest.mark.parametrize("name", CHANGES)
def test_just_what_depends_on_it_runs(three: Path, tmp_path: Path, name: str) -> None:
    small = Small(shutil.copytree(three, tmp_path / "copy"))
    change, expected = CHANGES[name]
    before = small.snippet.stat()
    change(small)
    if "age" in name:
        assert small.snippet.stat().st_size == before.st_size
        os.utime(small.snippet, ns=(before.st_atime_ns, before.st_mtime_ns))
    _, out = small.run("prove")
    assert NOTHING not in out
    assert names_run(out) == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("server:redis", {"example"}),
        ("django-5-2/django", {"other"}),
        ("python", {"example", "uses", "other"}),
    ],
)
def test_just_what_a_version_is_about_runs(three: Path, version: str, expected: set[str]) -> None:
    project = Project(three)
    assert unchanged.since(project)
    project.versions[version] = "99"
    assert unchanged.since(project) is None
    snippets, _ = project.snippets()
    assert {one.file.stem for one in snippets if project.why_unproven(one)} == expected


def test_a_page_edited_during_the_run_is_looked_at_again(small: Small) -> None:
    waiting = """
import time
from pathlib import Path
page = Path(__file__).parents[3] / "docs/redis/does-it-run.md"
while "Edited." not in page.read_text():
    time.sleep(0.05)
"""
    with small.snippet.open("a") as stream:
        stream.write(waiting)
    process = small.start("prove")
    wait_until(lambda: run_of(small, "example.py"), what="the snippet")
    small.change(small.page, "Its answer in one sentence", "Edited.")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    _, out = small.run("prove")
    assert (NOTHING in out, names_run(out)) == (False, set())
    _, out = small.run("prove")
    assert NOTHING in out
