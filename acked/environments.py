"""Sets of packages in other versions, to run one snippet on two Djangos.

An environment is a folder of packages that goes before those of `.venv` on
PYTHONPATH: `locks/<name>.in` says which, `locks/<name>.lock` with which hashes.
`make setup` puts it into the user's cache. Python's standard library only.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from acked import suite

LOCKS = Path(__file__).resolve().parent.parent / "locks"


def names() -> list[str]:
    return sorted(file.stem for file in LOCKS.glob("*.in"))


def python() -> str:
    """The version of Python in use: `ACKED_PYTHON`, else what the checkout says."""
    own = (LOCKS.parent / ".python-version").read_text().strip()
    return os.environ.get("ACKED_PYTHON") or own


def folder(name: str) -> Path:
    """Where its packages are; a changed lock has another folder."""
    lock = (LOCKS / f"{name}.lock").read_bytes()
    digest = hashlib.sha256(lock + python().encode()).hexdigest()
    return suite.cache() / "environments" / f"{name}-{digest[:12]}"


def variables(name: str) -> dict[str, str]:
    """What a process needs in its environment to run there.

    Raises `SuiteError` when there is none of this name.
    """
    if name not in names():
        raise suite.SuiteError(f"no environment {name!r}; use one of {', '.join(names())}")
    if not folder(name).exists():
        raise suite.SuiteError(f"the environment {name} is not there; make setup")
    own = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return {"PYTHONPATH": os.pathsep.join([str(folder(name)), *filter(None, own)])}


def run(name: str, *argv: str) -> str:
    """What `python *argv` prints there. Raises `CalledProcessError` when it fails."""
    env = {**os.environ, **variables(name)}
    command = [sys.executable, *argv]
    return subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout


def versions() -> dict[str, str]:
    """`name/package` -> version, of all environments that are set up."""
    found = {}
    for name in names():
        for info in folder(name).glob("*.dist-info"):
            package, _, version = info.name.removesuffix(".dist-info").partition("-")
            found[f"{name}/{package.lower().replace('_', '-')}"] = version
    return found
