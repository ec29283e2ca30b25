# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "redis", "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 120
# ///
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from acked.services import wait_until
from jobs import PROJECT, environment, finished, started
from shop.script import table


def make_app(folder):
    """nightjobs/management/commands/, as a project has it."""
    commands = folder / "nightjobs" / "management" / "commands"
    commands.mkdir(parents=True)
    for package in (commands, commands.parent, commands.parent.parent):
        (package / "__init__.py").touch()
    for name in ("nightly", "broken"):
        module = f"from {name} import Command\n\n__all__ = ['Command']\n"
        (commands / f"{name}.py").write_text(module)


def manage(command, seconds="0"):
    """python manage.py <command>; no server runs anywhere."""
    env = environment("with_commands", JOB_SECONDS=seconds)
    env["PYTHONPATH"] += f"{os.pathsep}{folder}"
    return subprocess.Popen(
        [sys.executable, "manage.py", *command.split()],
        cwd=PROJECT, env={**os.environ, **env}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )


def ended(process):
    out, error = process.communicate()
    last = (out + error).strip().splitlines()[-1]
    return process.returncode, f"`{last}`"


folder = Path(tempfile.mkdtemp())
make_app(folder)
typo = manage("nightyl a")
bug = manage("broken")
hanging = manage("nightly a", "300")
wait_until(lambda: started() == ["a"])
second = ended(manage("nightly b"))
hanging.kill()
hanging.communicate()
third = ended(manage("nightly c"))
table(
    ("`manage.py …`, no server running", "exit code", "last line"),
    ("`nightly a` hangs", "", ""),
    ("`nightly b` meanwhile", *second),
    ("SIGKILL to `nightly a`", hanging.returncode, ""),
    ("`nightly c` right after it", *third),
    ("`broken`", *ended(bug)),
    ("`nightyl`, a typing error", *ended(typo)),
)
assert started() == ["a", "c"] and finished() == ["c"]
