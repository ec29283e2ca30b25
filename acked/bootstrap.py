"""From a fresh checkout to a verb: bring what it needs, each thing once.

`make` runs this with whatever python3 the system has (3.9 is enough), so it
stands on the standard library and on `acked.suite`, which does so too. It
writes to `.tools`, `.venv` and the user's cache only; nothing but apt-get, and
on Ubuntu one AppArmor profile, touches the machine. What is made is renamed into
place when it is whole.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from acked import environments, suite  # noqa: E402

TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
BENCH_LOCK = ROOT / "bench/requirements.lock"
STAMP = VENV / "acked.stamp"
WANTED = environments.python()

# Verbs that start no server: a job that only looks needs none.
LOOKING = ("new", "lint", "seal", "gather", "summary", "report", "audit")

ATOMIC = "libatomic.so.1"  # playwright's own node is linked to it

# Program -> the packages that bring it, where they are not called the same.
# mmdebstrap asks the keyring whether a release is Debian's; an old one does not
# know the newest release.
DEBIAN = {
    ATOMIC: ["libatomic1"],
    "bwrap": ["bubblewrap"],
    "ensurepip": ["python3-venv"],
    "mmdebstrap": ["mmdebstrap", "debian-archive-keyring"],
}
# Ubuntu lets only the programs that a profile names have namespaces of their own.
# bubblewrap runs within bubblewrap here, which the profile that newer releases
# bring does not allow, so this one takes its name.
RESTRICTION = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
PROFILE = Path("/etc/apparmor.d/bwrap-userns-restrict")
PROFILE_TEXT = """\
abi <abi/4.0>,
include <tunables/global>

# Written by Acked: bubblewrap, and what it runs, may make user namespaces.
profile bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,
}
"""
HOMEBREW = {
    "chromium": ["--cask google-chrome"],
    "haproxy": ["haproxy"],
    "memcached": ["memcached"],
    "pgbouncer": ["pgbouncer"],
    "postgres": ["postgresql@18"],
    "rabbitmq-server": ["rabbitmq"],
    "redis-server": ["redis"],
}


class Stopped(Exception):
    """Something is missing or failed; the text says what to do."""


def main(verb: str) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if verb == "lock":
            with alone():
                write_lock()
        elif not is_ready(verb):
            with alone():
                bring_programs(verb)
                allow_namespaces(verb)
                bring_packages()
                bring_environments(verb)
                bring_servers(verb)
                bring_extra(verb)
        return 0
    except (Stopped, suite.SuiteError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        name = error.filename or "the disk"
        print(f"{name}: {error.strerror}; mend that, then run again", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped; run again to go on", file=sys.stderr)
        return 130
    return 1


def is_ready(verb: str) -> bool:
    there = packages_are_there() and not missing_environments(verb) and servers_are_there(verb)
    return (
        there and extra_is_there(verb) and not missing_programs(verb) and not lacks_namespaces(verb)
    )


def servers_are_there(verb: str) -> bool:
    if verb in LOOKING or sys.platform != "linux":
        return True
    return suite.root(suite.current()).exists()


# The machine's own programs.


def missing_programs(verb: str) -> list[str]:
    needed = []
    if verb not in LOOKING:
        needed = ["bwrap"] if sys.platform == "linux" else [n for n in HOMEBREW if n != "chromium"]
    if not servers_are_there(verb) or set(missing_environments(verb)) & set(suite.OLDER):
        needed.append("mmdebstrap")
        if suite.find_program("mmdebstrap") and not suite.keyring():
            needed.append("debian-archive-keyring")
    missing = [name for name in needed if not suite.find_program(name)]
    if verb not in LOOKING:  # some snippets need a browser
        missing += [] if suite.find_chromium() else ["chromium"]
        missing += [] if sys.platform != "linux" or has_library(ATOMIC) else [ATOMIC]
    if not packages_are_there() and not tool("uv").exists() and not python_with_pip():
        missing.append("ensurepip")
    return missing


def has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def python_with_pip() -> str | None:
    """Debian's python3 comes without pip, and cannot make an environment that has it."""
    for python in (sys.executable, "/usr/bin/python3"):
        with contextlib.suppress(Stopped, OSError):
            call([python, "-c", "import ensurepip"])
            return python
    return None


def bring_programs(verb: str) -> None:
    missing = missing_programs(verb)
    if not missing:
        return
    lacking = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    names = DEBIAN if sys.platform == "linux" else HOMEBREW
    packages = [package for name in missing for package in names.get(name, [name])]
    if sys.platform != "linux":
        raise Stopped(f"{lacking}; brew install {' '.join(packages)}")
    install = f"apt-get install {' '.join(packages)}"
    if not shutil.which("apt-get"):
        raise Stopped(f"{lacking}, and apt-get too; install {' '.join(packages)}, or use Debian")
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-oDPkg::Lock::Timeout=600"]
    if os.geteuid():
        apt = ["sudo", "-n", *apt]
        if not may_sudo(f"sudo password, for {install}: "):
            raise Stopped(f"{lacking}; as root: {install}")
    with step(f"installing {', '.join(packages)} with apt-get"):
        with contextlib.suppress(Stopped):  # the lists that are there may do
            call([*apt, "update"], patience=600)
        call([*apt, "install", "--yes", "--no-install-recommends", *packages])


def may_sudo(prompt: str) -> bool:
    if not shutil.which("sudo"):
        return False
    if subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return True
    return sys.stdin.isatty() and subprocess.run(["sudo", "-v", "-p", prompt]).returncode == 0


# The kernel's leave for bubblewrap.


def lacks_namespaces(verb: str) -> bool:
    if verb in LOOKING or not os.geteuid():
        return False
    restricted = RESTRICTION.exists() and RESTRICTION.read_text().strip() == "1"
    return restricted and not (PROFILE.exists() and PROFILE.read_text() == PROFILE_TEXT)


def allow_namespaces(verb: str) -> None:
    """Where AppArmor keeps them from bubblewrap (Ubuntu), a profile for it alone."""
    if not lacks_namespaces(verb):
        return
    if not may_sudo(f"sudo password, for the AppArmor profile {PROFILE}: "):
        raise Stopped(f"AppArmor keeps namespaces from bubblewrap; sudo -v, then make {verb}")
    with step("allowing bubblewrap its namespaces"), scratch("profile") as new:
        new.write_text(PROFILE_TEXT)
        call(["sudo", "-n", "install", "-m", "644", new, PROFILE])
        call(["sudo", "-n", "apparmor_parser", "--replace", PROFILE])


# uv, in .tools.


def tool(name: str) -> Path:
    version = locked(name).split()[0].split("==")[1]
    return TOOLS / f"{name}-{version}"


def locked(name: str) -> str:
    """What the lock says of a package: its version and hashes."""
    found = re.search(rf"^{name}==.*(?:\n +--hash=.*)+", LOCK.read_text(), re.MULTILINE)
    if not found:
        raise Stopped(f"requirements.lock:1: {name} is not in it; git checkout requirements.lock")
    return found[0]


def bring_tools(*names: str) -> None:
    if all(tool(name).exists() for name in names):
        return
    python = python_with_pip() or sys.executable
    with step(f"bringing {' and '.join(names)} into .tools"), scratch("tools") as new:
        call([python, "-m", "venv", new])
        wanted = new / "wanted.txt"
        wanted.write_text("\n".join(locked(name) for name in names))
        pip = [new / "bin/python", "-m", "pip", "--disable-pip-version-check", "install"]
        call([*pip, "--require-hashes", "-r", wanted])
        for name in names:
            (new / "bin" / name).rename(tool(name))


# The packages, in .venv.


def recipe() -> str:
    """Digest of all that .venv is made from."""
    project = (ROOT / "pyproject.toml").read_text().split("\n[tool.")[0]
    parts = [LOCK.read_text(), project, WANTED, str(ROOT)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def packages_are_there() -> bool:
    if not os.access(VENV / "bin/python", os.X_OK):
        return False  # never made, or its Python was removed
    return STAMP.exists() and STAMP.read_text() == recipe()


def bring_packages() -> None:
    if packages_are_there():
        return
    bring_tools("uv")
    with scratch("venv") as new:
        make_venv(new)
        pip = [tool("uv"), "pip", "install", "--python", new / "bin/python"]
        with step("installing the packages of requirements.lock into .venv"):
            # Each snippet is a process: without bytecode it starts 0.3 s later.
            call([*pip, "--compile-bytecode", "--require-hashes", "-r", LOCK])
            call([*pip, "--no-deps", "--no-build-isolation", "-e", "."])
        (new / STAMP.name).write_text(recipe())
        with scratch("old") as old:
            if VENV.is_symlink() or VENV.exists():
                VENV.rename(old)
            new.rename(VENV)


def make_venv(new: Path) -> None:
    """A virtual environment that may be moved, on a Python of the wanted version."""
    venv = [tool("uv"), "venv", "--no-project", "--relocatable", new, "--python"]
    for python in (WANTED, *pyenv_pythons()):
        with contextlib.suppress(Stopped):
            call([*venv, python, "--no-python-downloads"])
            return
    home = {"UV_PYTHON_INSTALL_DIR": str(suite.cache() / "python"), **os.environ}
    try:
        with step(f"bringing Python {WANTED}"):
            call([*venv, WANTED], env=home)
    except Stopped as error:
        call([*venv, debian_python(error)])


def pyenv_pythons() -> list[str]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return [str(python) for python in root.glob(f"versions/{WANTED}.*/bin/python")]


def debian_python(error: Stopped) -> str:
    """Debian's Python, unpacked, where uv's own cannot be reached.

    It runs on any older Debian when it finds the C library that it was made
    for, so the paths of its loader and libraries are written into it.
    """
    place = suite.cache() / f"python-{WANTED}"
    libraries = f"usr/lib/{os.uname().machine}-linux-gnu"

    def complete(part: Path) -> None:
        [loader] = (part / libraries).glob("ld-linux-*.so.*")
        paths = ["--set-interpreter", place / libraries / loader.name]
        paths += ["--force-rpath", "--set-rpath", place / libraries]
        call([tool("patchelf"), *paths, part / f"usr/bin/python{WANTED}"])

    try:
        if sys.platform != "linux":
            raise error
        bring_tools("patchelf")
        with step(f"bringing Debian's Python {WANTED} instead"):
            suite.fill(place, "trixie", f"python{WANTED},libstdc++6", complete)
    except (Stopped, suite.SuiteError):
        raise Stopped(
            f"no Python {WANTED} here, and none to be had ({error}); "
            f"install it (pyenv install {WANTED}), then run again"
        ) from None
    return str(place / f"usr/bin/python{WANTED}")


# Other versions of packages, in the cache.


def missing_environments(verb: str) -> list[str]:
    if verb in (*LOOKING, "serve"):  # serve brings them while it shows the first page
        return []
    missing = [name for name in environments.names() if not environments.folder(name).exists()]
    if sys.platform == "linux":
        missing += [name for name in suite.OLDER if not suite.root(name).exists()]
    return missing


def bring_environments(verb: str) -> None:
    missing = missing_environments(verb)
    if not missing:
        return
    bring_tools("uv")
    with step(f"bringing other versions: {', '.join(missing)}"):
        for name in missing:
            if name in suite.NAMES:
                suite.unpack(name)
                continue
            place = environments.folder(name)
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_name(f".{place.name}-{os.getpid()}")
            pip = [tool("uv"), "pip", "install", "--python", VENV / "bin/python", "--target", part]
            lock = environments.LOCKS / f"{name}.lock"
            try:
                call([*pip, "--compile-bytecode", "--require-hashes", "-r", lock])
                with contextlib.suppress(OSError):  # another checkout was faster
                    part.rename(place)
            finally:
                shutil.rmtree(part, ignore_errors=True)


# What one verb alone needs, in .tools: lighthouse, and the runners we are measured against.


def lighthouse() -> Path:
    return named_by(environments.LOCKS / "lighthouse/package-lock.json", "lighthouse")


def others() -> Path:
    return named_by(BENCH_LOCK, "bench")


def named_by(lock: Path, name: str) -> Path:
    return TOOLS / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"


def extra_is_there(verb: str) -> bool:
    extras = {"test": lighthouse, "bench": others}
    return verb not in extras or extras[verb]().exists()


def bring_extra(verb: str) -> None:
    if extra_is_there(verb):
        return
    with scratch("extra") as new:
        if verb == "test":
            env = {**os.environ, "npm_config_cache": str(suite.cache() / "npm")}
            with step("bringing lighthouse into .tools"):
                shutil.copytree(environments.LOCKS / "lighthouse", new)
                call([VENV / "bin/npm", "ci", "--prefix", new], env=env)
            new.rename(lighthouse())
        else:
            bring_tools("uv")
            pip = [tool("uv"), "pip", "install", "--python", VENV / "bin/python", "--target", new]
            with step("bringing the other runners into .tools"):
                call([*pip, "--compile-bytecode", "--require-hashes", "-r", BENCH_LOCK])
            new.rename(others())


# The servers, and the lock.


def bring_servers(verb: str) -> None:
    if not servers_are_there(verb):
        with step(f"unpacking the servers of {suite.current()}"):
            suite.unpack(suite.current())


def write_lock() -> None:
    bring_programs("new")
    bring_tools("uv")
    compile_lock = [tool("uv"), "pip", "compile", "--universal", "--generate-hashes"]
    compile_lock += ["--no-header", "--python-version", "3.12"]
    upgrade = ["--upgrade"] if os.environ.get("FRESH") == "1" else []
    with step("writing requirements.lock"):
        call([*compile_lock, "--group", "dev", "-o", LOCK, *upgrade, "pyproject.toml"])
    for file in (*sorted(environments.LOCKS.glob("*.in")), BENCH_LOCK.with_suffix(".in")):
        with step(f"writing {file.parent.name}/{file.stem}.lock"):
            call([*compile_lock, "-o", file.with_suffix(".lock"), *upgrade, file])


# How it is done.


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done; on a terminal, count the seconds."""
    if not sys.stdout.isatty():
        print(f"{what} ...", flush=True)
        yield
        return
    done = threading.Event()
    began = time.monotonic()

    def count() -> None:
        while not done.wait(0.2):
            print(f"\r{what} ... {time.monotonic() - began:.0f} s", end="", flush=True)

    ticker = threading.Thread(target=count, daemon=True)
    print(f"{what} ...", end="", flush=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
        print(f"\r{what} ... {time.monotonic() - began:.0f} s")


def call(command: Sequence[object], env: dict[str, str] | None = None, patience: float = 0) -> None:
    """Run a program quietly; when it fails, `Stopped` says why in its own words.

    `patience`: seconds to try again while another process holds apt's lock.
    """
    deadline = time.monotonic() + patience
    while True:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            said, _ = process.communicate()
        except BaseException:
            process.terminate()
            process.wait()  # apt-get finishes what it must not leave half done
            raise
        if process.returncode == 0:
            return
        if "Could not get lock" not in said or time.monotonic() > deadline:
            break
        time.sleep(1)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"E:|ERROR:|error:|×", line)]
    first = lines.index(errors[0]) if errors else -1
    reason = " ".join(lines[first:][:2]) or "no output"
    raise Stopped(
        f"{Path(str(command[0])).name} failed: {reason}; check the network, then run again"
    )


@contextlib.contextmanager
def scratch(name: str) -> Iterator[Path]:
    """A name for something that is not whole yet; gone afterwards."""
    folder = TOOLS / "tmp" / f"{name}-{os.getpid()}"
    folder.parent.mkdir(exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """No two set-ups in one checkout at the same time."""
    TOOLS.mkdir(exist_ok=True)
    with open(TOOLS / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step("waiting for another set-up of this checkout"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(TOOLS / "tmp", ignore_errors=True)  # a killed run's
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
