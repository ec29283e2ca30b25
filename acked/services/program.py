"""Any other Python program that an experiment starts and kills."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from acked.services.base import Service


class Program(Service):
    """`python <command>` in a folder: `Program("manage.py db_worker", folder, "Starting")`.

    Ready means: it has written `ready_when`, to stdout or stderr, since this
    start; without one, it is ready at once.
    """

    name = "program"

    def __init__(
        self,
        command: str,
        folder: str | Path,
        ready_when: str = "",
        env: dict[str, str] | None = None,
    ) -> None:
        super().__init__(env)
        self.words = command.split()
        self.ready_when = ready_when
        self._cwd = str(Path(folder).resolve())
        self._said = 0

    def argv(self) -> list[str]:
        self._said = len(self.log())
        return [sys.executable, *self.words]

    def environment(self) -> dict[str, str]:
        return {"PYTHONUNBUFFERED": "1", "PYTHONPATH": os.environ.get("PYTHONPATH", "")}

    def ready(self) -> bool:
        return self.ready_when in self.log()[self._said :]
