"""Where the servers come from.

A suite is one set of server versions: on Linux the packages of one Debian
release, unpacked (not installed) into the user's cache and run by bubblewrap;
elsewhere whatever is on PATH. Non-goals: configuring a machine, containers.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

DEFAULT = "forky"
NAMES = ("forky", "trixie", "bookworm")
OLDER = NAMES[1:]  # run beside the default one, to show what has changed
POSTGRESQL = {"forky": "18", "trixie": "17", "bookworm": "15"}
BASE = "base-files,dash,coreutils,sed,grep,mawk,procps,hostname"

# Raise it when what is unpacked changes: each value has a folder of its own.
EDITION = 3

VERSION_COMMANDS = {
    "redis": ["redis-server", "--version"],
    "rabbitmq": ["rabbitmqctl", "version"],
    "postgresql": ["postgres", "--version"],
    "memcached": ["memcached", "--version"],
    "pgbouncer": ["pgbouncer", "--version"],
    "haproxy": ["haproxy", "-v"],
    "valkey": ["valkey-server", "--version"],
}
# Not in every Debian release.
LACKING = {"bookworm": ("valkey",)}

# The machine's own browser: no suite has one.
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ALLOW = "allow user namespaces (Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0)"


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


def find_program(name: str) -> str | None:
    """Its path, also where Homebrew has it but does not put it on PATH."""
    path = [os.environ.get("PATH", os.defpath)]
    if sys.platform == "darwin":
        for brew in ("/opt/homebrew", "/usr/local"):
            path += [f"{brew}/sbin", f"{brew}/opt/postgresql@18/bin"]
    return shutil.which(name, path=os.pathsep.join(path))


def find_chromium() -> str | None:
    """The machine's browser; its name differs from one system to another."""
    if sys.platform == "darwin":
        app = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
        return str(app) if app.exists() else None
    return next((path for name in CHROMIUM if (path := find_program(name))), None)


def packages(suite: str) -> str:
    servers = ["redis-server", "rabbitmq-server", f"postgresql-{POSTGRESQL[suite]}"]
    servers += ["memcached", "pgbouncer", "haproxy"]
    servers += ["iproute2", "iptables", "ufw"]  # a firewall in a network of its own
    if "valkey" not in LACKING.get(suite, ()):
        servers.append("valkey-server")
    return ",".join([BASE, *servers])


def unpack(suite: str) -> None:
    """Fill the cache for a suite, once.

    Raises `SuiteError` with the mirror's first complaint when that fails.
    """
    if sys.platform == "linux":
        fill(root(suite), suite, packages(suite), _complete)


def fill(place: Path, suite: str, packages: str, complete: Callable[[Path], None]) -> None:
    """Unpack packages of a Debian release into a folder of the cache, once.

    `complete` does what is left to do in the unpacked folder, which then is
    renamed into place: what bears the name is whole.
    """
    if place.exists():
        return
    for tool in ("mmdebstrap", "bwrap"):
        if not shutil.which(tool):
            raise SuiteError(f"{tool} is missing; apt-get install mmdebstrap bubblewrap")
    cache().mkdir(parents=True, exist_ok=True)
    part = cache() / f".{place.name}"
    with open(cache() / f".{place.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if place.exists():  # another checkout was faster
            return
        try:
            shutil.rmtree(part, ignore_errors=True)  # a killed run's
            _extract(suite, packages, part, lock.fileno())
            complete(part)
            part.rename(place)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _extract(suite: str, packages: str, target: Path, lock: int) -> None:
    command = ["mmdebstrap", "--variant=extract"]
    if os.geteuid():  # its other modes want subordinate user ids, and leave their files to them
        command += ["--mode=chrootless"]
    if (keys := keyring()) and not is_debian():  # whose apt trusts others
        command += [f"--keyring={keys}"]
    # A mirror that is a snapshot is older than its index allows.
    command += ['--aptopt=Acquire::Check-Valid-Until "false"']
    command += [f"--include={packages}", suite, str(target)]
    status, errors = _run_in_session(command, lock)
    if status:
        complaint = re.search(r"^E: *(.*)", errors, re.MULTILINE)
        reason = complaint[1] if complaint else f"mmdebstrap ended with status {status}"
        raise SuiteError(
            f"cannot unpack {suite}: {reason}; check the network and the disk, then run again"
        )


def keyring() -> str:
    """The file of Debian's keys, or nothing."""
    found = [f"/usr/share/keyrings/debian-archive-keyring.{end}" for end in ("pgp", "gpg")]
    return next((file for file in found if Path(file).exists()), "")


def is_debian() -> bool:
    try:
        return "ID=debian" in Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return False


def _run_in_session(command: list[str], lock: int) -> tuple[int, str]:
    """Exit status and stderr; when interrupted, not one process of it goes on writing.

    It holds the lock too: if we are killed, the next run waits for its end.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
        pass_fds=[lock],
    )
    try:
        _, errors = process.communicate()
        return process.returncode, errors
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)  # it then removes its temporary files
        try:
            process.wait(10)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        raise


def _complete(target: Path) -> None:
    _write_accounts(target)
    _finish_firewall(target)
    suite = target.name.lstrip(".").split("-")[0]
    names = [name for name in VERSION_COMMANDS if name not in LACKING.get(suite, ())]
    found = {name: _ask_version(name, target) for name in names}
    (target / "versions.json").write_text(json.dumps(found))


def _write_accounts(target: Path) -> None:
    """What the packages' own install scripts would have made."""
    (target / "etc/passwd").write_text(
        "root:x:0:0:root:/root:/bin/sh\nacked:x:1000:1000::/tmp:/bin/sh\n"
    )
    (target / "etc/group").write_text("root:x:0:\nacked:x:1000:\n")
    for mountpoint in ("etc/hosts", "etc/resolv.conf"):
        (target / mountpoint).touch()


def _finish_firewall(target: Path) -> None:
    """What the install scripts of iptables and ufw would have made."""
    for program in target.glob("usr/sbin/ip*tables-nft*"):
        program.with_name(program.name.replace("-nft", "")).symlink_to(program.name)
    for file in (*target.glob("usr/share/ufw/*.rules"), *target.glob("usr/share/ufw/ufw.conf")):
        shutil.copy(file, target / "etc/ufw")


def _ask_version(name: str, where: Path) -> str:
    """A server's own word on its version."""
    if name == "rabbitmq" and where.exists():  # its command needs a node's cookie
        [found] = (where / "usr/lib/rabbitmq/lib").glob("rabbitmq_server-*")
        return found.name.removeprefix("rabbitmq_server-")
    argv = wrap(VERSION_COMMANDS[name], where=where)
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace")
    match = re.search(r"\d+(\.\d+)+", done.stdout)
    if not match:
        said = (done.stderr or done.stdout or "no output").strip().splitlines()[-1]
        raise SuiteError(f"{argv[0]} cannot run {name}: {said}; {ALLOW}")
    return match[0]


def versions(suite: str) -> dict[str, str]:
    """The version of each server of a suite, and of the machine's browser.

    Raises `SuiteError` if it is not set up.
    """
    return {**_server_versions(suite), **_browser_version()}


def older_versions() -> dict[str, str]:
    """`suite/server` -> version, of the older suites that are set up."""
    found: dict[str, str] = {}
    for name in OLDER if sys.platform == "linux" else ():
        with contextlib.suppress(SuiteError):
            found |= {f"{name}/{server}": v for server, v in _server_versions(name).items()}
    return found


def _server_versions(suite: str) -> dict[str, str]:
    if sys.platform != "linux":
        there = [name for name, argv in VERSION_COMMANDS.items() if find_program(argv[0])]
        return {name: _ask_version(name, Path("/nowhere")) for name in there}
    try:
        text = (root(suite) / "versions.json").read_text()
        return {str(k): str(v) for k, v in json.loads(text).items()}
    except (OSError, ValueError):
        raise SuiteError(
            f"the servers of {suite} are not there; make setup SUITE={suite}"
        ) from None


def _browser_version() -> dict[str, str]:
    program = find_chromium()
    if not program:
        return {}
    done = subprocess.run([program, "--version"], capture_output=True, text=True)
    match = re.search(r"\d+(\.\d+)+", done.stdout)
    return {"chromium": match[0]} if match else {}


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
        program = find_program(argv[0])
        if not program:
            raise SuiteError(f"{argv[0]} is not on PATH; brew install what README.md lists")
        return [program, *argv[1:]]
    if not where.exists():
        raise SuiteError(f"the servers of {where.name} are not there; make setup")
    wrapped = ["bwrap", "--ro-bind", str(where), "/", "--dev", "/dev", "--proc", "/proc"]
    wrapped += ["--tmpfs", "/tmp", "--tmpfs", "/run", "--ro-bind", "/etc/hosts", "/etc/hosts"]
    if home:
        wrapped += ["--bind", str(home), str(home), "--setenv", "HOME", str(home)]
    if ordinary_user:
        wrapped += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    if "ACKED_SANDBOX" not in os.environ:
        # "Parent" is the thread that started it: in a run, where a server may
        # outlive such a thread, the sandbox around all ends it.
        wrapped.append("--die-with-parent")
    return [*wrapped, "--setenv", "PATH", _path(where), "--", *argv]


def _path(where: Path) -> str:
    folders = [f"/{p.relative_to(where)}" for p in where.glob("usr/lib/postgresql/*/bin")]
    folders += [f"/{p.relative_to(where)}" for p in where.glob("usr/lib/rabbitmq/lib/*/sbin")]
    return ":".join([*folders, "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
