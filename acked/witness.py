"""The witness: which lines of the project, and which packages, ran in any process.

Each process appends a line's first execution to one file at once, so that a
process killed a moment later has testified already. Only files under the
project's folder are watched; all other code runs at full speed. Of packages
it notes the name, as their first module begins to run.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import CodeType
from typing import Any

RECORD = "ACKED_WITNESS"  # the file that all processes of a run append to
WATCHED = "ACKED_WATCHED"  # the folders whose files are watched, os.pathsep between
TEMPLATES = "django/template/base.py"  # a node's `render_annotated` is in there
PACKAGES = "/site-packages/"
TOOL = sys.monitoring.COVERAGE_ID


def install() -> None:
    """Start to testify, if a run asked for it. Called in every interpreter."""
    record, watched = os.environ.get(RECORD), os.environ.get(WATCHED)
    if not record or not watched or sys.monitoring.get_tool(TOOL):
        return
    folders = tuple(folder.rstrip("/") + "/" for folder in watched.split(os.pathsep))
    events = sys.monitoring.events

    rendered: set[tuple[str, int, str]] = set()
    packages: set[str] = set()

    def entered(code: CodeType, _offset: int) -> Any:
        if code.co_name == "render_annotated" and code.co_filename.endswith(TEMPLATES):
            node = sys._getframe(1).f_locals["self"]
            place = (node.origin.name, node.token.lineno, node.token.contents)
            if place not in rendered and place[0].startswith(folders):
                rendered.add(place)
                for line in range(place[1], place[1] + place[2].count("\n") + 1):
                    _append(record, place[0], line)
            return None  # asked again for the next node
        if code.co_name == "<module>" and PACKAGES in code.co_filename:
            package = code.co_filename.rpartition(PACKAGES)[2].split("/")[0]
            if package not in packages:
                packages.add(package)
                _append(record, PACKAGES + package, 0)
        if code.co_filename.startswith(folders):
            sys.monitoring.set_local_events(TOOL, code, events.LINE)
        return sys.monitoring.DISABLE

    def line_ran(code: CodeType, line: int) -> Any:
        _append(record, code.co_filename, line)
        return sys.monitoring.DISABLE

    sys.monitoring.use_tool_id(TOOL, "acked")
    sys.monitoring.register_callback(TOOL, events.PY_START, entered)
    sys.monitoring.register_callback(TOOL, events.LINE, line_ran)
    sys.monitoring.set_events(TOOL, events.PY_START)


def note(path: Path, line: int) -> None:
    """Testify for a companion: this line was in force (read back from a server)."""
    record = os.environ.get(RECORD)
    if record:
        _append(record, str(path), line)


def _append(record: str, path: str, line: int) -> None:
    # Opened anew each time: a forked child may have closed what it inherited.
    descriptor = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{os.getpid()}\t{path}\t{line}\n".encode())
    finally:
        os.close(descriptor)


def _all_entries(record: Path) -> list[list[str]]:
    entries = [line.split("\t") for line in record.read_text(errors="replace").splitlines()]
    return [entry for entry in entries if len(entry) == 3 and entry[2].isdigit()]


def _entries(record: Path) -> list[list[str]]:
    return [entry for entry in _all_entries(record) if not entry[1].startswith(PACKAGES)]


def packages(record: Path) -> list[str]:
    """Folders and modules of the installed packages that took part, sorted."""
    found = {path for _, path, _ in _all_entries(record) if path.startswith(PACKAGES)}
    return sorted(path.removeprefix(PACKAGES).removesuffix(".py") for path in found)


def read(record: Path) -> dict[str, list[int]]:
    """Path of each file -> its executed lines, sorted."""
    lines: dict[str, set[int]] = {}
    for _, path, number in _entries(record):
        lines.setdefault(path, set()).add(int(number))
    return {path: sorted(found) for path, found in sorted(lines.items())}


def processes(record: Path) -> int:
    """How many processes testified."""
    return len({pid for pid, _, _ in _entries(record)})


def last(record: Path) -> str:
    """The newest entry, as `path:line`; empty when there is none."""
    entries = _entries(record)
    return f"{entries[-1][1]}:{entries[-1][2]}" if entries else ""
