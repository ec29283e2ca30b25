"""The witness: lines of all processes, also of those that were killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from acked import witness
from acked.runner import SITE
from acked.snippet import template_lines

PROGRAM = """\
import os, signal
x = 1
if os.fork() == 0:
    import filelock
    os.kill(os.getpid(), signal.SIGKILL)
    z = 3
os.wait()
def never():
    return 1
for i in range(3):
    i += 1
"""


@pytest.mark.parametrize("program, ran", [(PROGRAM, [1, 2, 3, 4, 5, 7, 8, 10, 11])])
def test_all_processes_testify(tmp_path: Path, program: str, ran: list[int]) -> None:
    file, record = tmp_path / "watched/program.py", tmp_path / "record"
    file.parent.mkdir()
    file.write_text(program)
    environment = {
        **os.environ,
        "PYTHONPATH": str(SITE),
        witness.RECORD: str(record),
        witness.WATCHED: str(file.parent),
    }
    subprocess.run([sys.executable, file], env=environment, check=True)
    assert witness.read(record) == {str(file): ran}
    assert witness.processes(record) == 2
    assert witness.packages(record) == ["filelock"]


TEMPLATE = """\
<p>{{ seen }}</p>
{% if seen %}
  <b>shown</b>
{% else %}
  <i>never
  rendered</i>
{% endif %}
"""
RENDER = """
from django.conf import settings
from django.template import Context, Engine
settings.configure(USE_I18N=False)
print(Engine(dirs=["."]).get_template("page.html").render(Context({"seen": 1})))
"""


def test_lines_of_a_template(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(TEMPLATE)
    record = tmp_path / "record"
    environment = {
        **os.environ,
        "PYTHONPATH": str(SITE),
        witness.RECORD: str(record),
        witness.WATCHED: str(tmp_path),
    }
    command = [sys.executable, "-c", RENDER.replace('"."', repr(str(tmp_path)))]
    subprocess.run(command, env=environment, check=True)
    ran = set(witness.read(record)[str(tmp_path / "page.html")])
    wanted = template_lines(TEMPLATE, range(1, 8))
    assert wanted == {1, 2, 3, 5, 6}
    assert wanted - ran == {5, 6}


def test_nothing_else_is_watched(tmp_path: Path) -> None:
    file, record = tmp_path / "program.py", tmp_path / "record"
    file.write_text("x = 1\n")
    environment = {
        **os.environ,
        "PYTHONPATH": str(SITE),
        witness.RECORD: str(record),
        witness.WATCHED: str(tmp_path / "elsewhere"),
    }
    subprocess.run([sys.executable, file], env=environment, check=True)
    assert not record.exists()
