"""What a page tells readers to type does what the page shows, on servers of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from built_site import QUESTIONS, ROOT, SITE
from lxml import html

from acked import sandbox
from acked.project import Project
from acked.snippet import output_difference

BIN = Path(sys.executable).parent


def commands() -> list[str]:
    pages = [html.parse(str(SITE / url / "index.html")) for url in QUESTIONS]
    found = [code.text for page in pages for code in page.xpath("//*[@class='evidence']/code")]
    return sorted(set(found))


def download(site: str, commands: list[str], folder: Path) -> None:
    for name in (command.rpartition("/snippets/")[2] for command in commands):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with urlopen(f"{site}snippets/{name}") as answer:
            (folder / name).write_bytes(answer.read())


@pytest.mark.skipif(sys.platform != "linux", reason="no network of its own elsewhere")
def test_each_command_prints_what_is_recorded(site: str, tmp_path: Path) -> None:
    told = commands()
    assert told
    download(site, told, tmp_path)
    machine = [sys.executable, str(ROOT / "tests/readers_machine.py"), str(tmp_path), *told]
    argv = sandbox.wrap(machine, ROOT)
    cache = subprocess.check_output([BIN / "uv", "cache", "dir"], text=True).strip()
    shared = ["--unshare-net", "--ro-bind", str(tmp_path), str(tmp_path), "--bind", cache, cache]
    argv[argv.index("--") : argv.index("--")] = shared
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "TZ": "UTC"}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    for command, printed in json.loads(done.stdout).items():
        name = command.rpartition("/snippets/")[2]
        project = Project(ROOT)
        recorded = project.output_file(project.snippet(name)).read_text()
        assert output_difference(recorded, printed) is None, f"{command}\n{printed}"
