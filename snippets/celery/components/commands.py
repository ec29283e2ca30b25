# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 90
# ///
"""Ways to start a worker that are copied around, and the one that works."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from celery import Celery

from acked.services import Program

HERE = Path(__file__).resolve().parent
app = Celery("commands")


@app.task
def add(x, y):
    return x + y


def refused(command):
    """How it ends, and the line of its complaint that says why."""
    ended = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=HERE,
        capture_output=True,
        text=True,
    )
    said = ended.stderr.splitlines()
    why = [line for line in said if "removed" in line or "Error:" in line]
    return f"exit {ended.returncode}\n  {'\n  '.join(why)}"


def works(command):
    with Program(f"-m {command}", HERE, " ready."):
        return f"  add(4, 4) is {add.delay(4, 4).get(timeout=30)}"


# --8<-- [start:commands]
COMMANDS = {
    "celery worker -A commands": refused,
    "celery A commands worker --loglevel=info": refused,
    "celery -A commands worker -loglevel=info": refused,
    "celery -A commands worker --loglevel=info": works,
}
# --8<-- [end:commands]


def main():
    with ThreadPoolExecutor() as pool:
        ends = [pool.submit(how, line) for line, how in COMMANDS.items()]
    for line, end in zip(COMMANDS, ends):
        print(f"$ {line}\n{end.result()}")


if __name__ == "__main__":
    main()
