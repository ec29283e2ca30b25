"""celery beat as a program that an experiment starts, stops and kills."""

import os
import shelve
import tempfile
from pathlib import Path

from acked.services import Program

START = "beat: Starting..."
SENT = "Sending due task"


class Beat(Program):
    """`celery -A <file's module> beat`, with a schedule file of its own."""

    def __init__(self, file, schedule=None, env=None, options=""):
        file = Path(file).resolve()
        self.schedule = schedule or f"{tempfile.mkdtemp()}/schedule"
        super().__init__(
            f"-m celery -A {file.stem} beat --schedule={self.schedule} "
            f"--pidfile= --loglevel=INFO {options}",
            file.parent,
            START,
            {**os.environ, **(env or {})},
        )

    def sent(self):
        """How many messages it says it has sent, all its starts together."""
        return self.log().count(SENT)


def last_run(schedule, name):
    """What the schedule file says."""
    with shelve.open(schedule, "r") as file:
        return file["entries"][name].last_run_at


def move_back(schedule, **moves):
    """As if each entry had run for the last time that much earlier."""
    with shelve.open(schedule, writeback=True) as file:
        for name, entry in file["entries"].items():
            entry.last_run_at -= moves[name]
