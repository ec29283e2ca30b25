"""Where the servers come from.

A suite is one set of server versions: on Linux the packages of one Debian
release, unpacked (not installed) into the user's cache and run by bubblewrap;
elsewhere whatever is on PATH. Non-goals: configuring a machine, containers.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

DEFAULT = "forky"
NAMES = ("forky", "trixie", "bookworm")
POSTGRESQL = {"forky": "18", "trixie": "17", "bookworm": "15"}
BASE = "base-files,dash,coreutils,sed,grep,mawk,procps,hostname"

# Raise it when what is unpacked changes: each value has a folder of its own.
EDITION = 1

VERSION_COMMANDS = {
    "redis": ["redis-server", "--version"],
    "rabbitmq": ["rabbitmqctl", "version"],
    "postgresql": ["postgres", "--version"],
}


class SuiteError(Exception):
    """A suite or a server in it is missing; the text says what to do."""


def current() -> str:
    """Name of the suite in use: `ACKED_SUITE`, else forky."""
    name = os.environ.get("ACKED_SUITE") or DEFAULT
    if name not in NAMES:
        raise SuiteError(f"unknown suite {name!r}; use one of {', '.join(NAMES)}")
    return name


def cache() -> Path:
    """The user's cache folder, shared by all checkouts."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "acked"


def root(suite: str) -> Path:
    return cache() / f"{suite}-{EDITION}"


def packages(suite: str) -> str:
    return f"{BASE},redis-server,rabbitmq-server,postgresql-{POSTGRESQL[suite]}"


def unpack(suite: str) -> None:
    """Fill the cache for a suite, once; renamed into place when complete.

    Raises `SuiteError` with the mirror's last words when that fails.
    """
    if sys.platform != "linux" or root(suite).exists():
        return
    for tool in ("mmdebstrap", "bwrap"):
        if not shutil.which(tool):
            raise SuiteError(f"{tool} is missing; apt-get install mmdebstrap bubblewrap")
    cache().mkdir(parents=True, exist_ok=True)
    part = cache() / f".{suite}-{os.getpid()}"
    try:
        _extract(suite, part)
        _write_accounts(part)
        versions = {name: _ask_version(name, part) for name in VERSION_COMMANDS}
        (part / "versions.json").write_text(json.dumps(versions))
        try:
            part.rename(root(suite))
        except OSError:
            if not root(suite).exists():  # else another checkout was faster
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _extract(suite: str, target: Path) -> None:
    command = [
        "mmdebstrap",
        "--variant=extract",
        # A mirror that is a snapshot is older than its index allows.
        '--aptopt=Acquire::Check-Valid-Until "false"',
        f"--include={packages(suite)}",
        suite,
        str(target),
    ]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        errors = [x for x in done.stderr.splitlines() if x.startswith("E:")]
        reason = (errors or done.stderr.splitlines() or ["no output"])[0]
        raise SuiteError(f"cannot unpack {suite}: {reason}; check the network, then run again")


def _write_accounts(target: Path) -> None:
    """What the packages' own install scripts would have made."""
    (target / "etc/passwd").write_text(
        "root:x:0:0:root:/root:/bin/sh\nacked:x:1000:1000::/tmp:/bin/sh\n"
    )
    (target / "etc/group").write_text("root:x:0:\nacked:x:1000:\n")
    for mountpoint in ("etc/hosts", "etc/resolv.conf"):
        (target / mountpoint).touch()


def _ask_version(name: str, where: Path) -> str:
    """A server's own word on its version."""
    if name == "rabbitmq" and where.exists():  # its command needs a node's cookie
        [found] = (where / "usr/lib/rabbitmq/lib").glob("rabbitmq_server-*")
        return found.name.removeprefix("rabbitmq_server-")
    argv = wrap(VERSION_COMMANDS[name], where=where)
    text = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    match = re.search(r"\d+(\.\d+)+", text)
    if not match:
        raise SuiteError(f"{name} does not say its version: {text!r}")
    return match[0]


def versions(suite: str) -> dict[str, str]:
    """The version of each server of a suite. Raises `SuiteError` if not set up."""
    if sys.platform != "linux":
        return {name: _ask_version(name, Path("/nowhere")) for name in VERSION_COMMANDS}
    try:
        text = (root(suite) / "versions.json").read_text()
        return {str(k): str(v) for k, v in json.loads(text).items()}
    except (OSError, ValueError):
        raise SuiteError(
            f"the servers of {suite} are not there; make setup SUITE={suite}"
        ) from None


def wrap(
    argv: list[str],
    home: Path | None = None,
    where: Path | None = None,
    ordinary_user: bool = False,
) -> list[str]:
    """The command that runs a suite's program; `home` is all it may write.

    `ordinary_user`: for PostgreSQL, which refuses to run as root.
    Raises `SuiteError` when the program is not there.
    """
    where = where or root(current())
    if sys.platform != "linux":
        if not shutil.which(argv[0]):
            raise SuiteError(f"{argv[0]} is not on PATH; brew install redis rabbitmq postgresql@18")
        return argv
    if not where.exists():
        raise SuiteError(f"the servers of {where.name} are not there; make setup")
    wrapped = ["bwrap", "--ro-bind", str(where), "/", "--dev", "/dev", "--proc", "/proc"]
    wrapped += ["--tmpfs", "/tmp", "--tmpfs", "/run", "--ro-bind", "/etc/hosts", "/etc/hosts"]
    if home:
        wrapped += ["--bind", str(home), str(home), "--setenv", "HOME", str(home)]
    if ordinary_user:
        wrapped += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    wrapped += ["--setenv", "PATH", _path(where), "--die-with-parent", "--"]
    return wrapped + argv


def _path(where: Path) -> str:
    folders = [f"/{p.relative_to(where)}" for p in where.glob("usr/lib/postgresql/*/bin")]
    folders += [f"/{p.relative_to(where)}" for p in where.glob("usr/lib/rabbitmq/lib/*/sbin")]
    return ":".join([*folders, "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
