"""What all throwaway servers have in common: start, stop, kill, freeze.

A service is one mirakuru executor with one readiness check, one free port on
loopback and one home folder. Everything it started (also a daemon such as
epmd) carries its mark in the environment, so nothing of it is ever missed.
"""

from __future__ import annotations

import atexit
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import psutil
from mirakuru import Executor
from mirakuru.base import ENV_UUID, cleanup_subprocesses
from mirakuru.base_env import processes_with_env
from mirakuru.exceptions import ExecutorError

# At exit mirakuru kills every process whose mark holds our pid as a substring,
# and in a PID namespace, where pids are short, that is now and then another's.
# Our services end with their `with` and with their sandbox.
atexit.unregister(cleanup_subprocesses)

LOOPBACK = "127.0.0.1"


class ServiceError(Exception):
    """A service did not do as told; the text carries its last log lines."""


# Below those that the system gives to outgoing connections, one of which might
# take a free port before the server does.
PORTS = range(15_000, 32_000)
CLAIMS: list[socket.socket] = []


def free_port() -> int:
    """A TCP port on loopback that nobody listens on, and that no one else is given.

    A server takes some time to listen: until then, another snippet could be
    given the same port. So this process claims it, by a Unix socket of that
    name, which the kernel drops with the process.
    """
    while True:
        port = random.choice(PORTS)
        claim = socket.socket(socket.AF_UNIX)
        try:
            if sys.platform == "linux":
                claim.bind(f"\0acked-port-{port}")
            with socket.socket() as sock:
                sock.bind((LOOPBACK, port))
        except OSError:
            claim.close()
        else:
            CLAIMS.append(claim)
            return port


def wait_until(condition: Callable[[], Any], timeout: float = 30, what: str = "") -> Any:
    """Poll until `condition()` is true and return its value.

    `timeout` in seconds. Raises `ServiceError` naming `what` when time is up.
    """
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            what = what or getattr(condition, "__doc__", None) or "the condition"
            raise ServiceError(f"waited {timeout:g} s in vain for {what}")
        time.sleep(0.02)


class Service(Executor):
    """A server process that can be started, stopped, killed and frozen.

    `with` starts it and takes it away again, home folder included.
    """

    name = "service"
    graceful = signal.SIGTERM
    boot_timeout = 60.0

    def __init__(self, env: dict[str, str] | None = None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix=f"{self.name}-"))
        self.log_file = self.home / "log"
        self.extra_env = env or {}
        super().__init__(["unset"], timeout=self.boot_timeout, sleep=0.02)

    # What a subclass says of itself.

    def argv(self) -> list[str]:
        """The command line, asked for anew at each start."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def ready(self) -> bool:
        """The readiness check: true once the server answers."""
        raise NotImplementedError

    # The verbs of an experiment.

    def start(self) -> Self:
        """Start, or start again on the same data; returns when it answers."""
        self.command_parts = self.argv()
        self._envvars = {**self.environment(), **self.extra_env}
        with open(self.log_file, "a") as log:
            self._stdout = log
            self._stderr = log
            try:
                super().start()
            except ExecutorError:
                raise ServiceError(f"{self.name} died at start; {self.last_words()}") from None
        return self

    def stop(self, *_: Any) -> Self:
        """Stop it as an operator would, and wait until it is gone."""
        if self.process is not None:
            for process in self.main_processes():
                process.send_signal(self.graceful)
            try:
                self.process.wait(self.boot_timeout)
            finally:
                self.kill()
        return self

    def kill(self, *_: Any, **__: Any) -> Self:
        """SIGKILL to every process of it: no last word, no flush, no goodbye."""
        doomed = self._signal_all(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(self.boot_timeout)  # bwrap ends when its server has
        # Its children may need a moment longer, and hold memory that it shared.
        wait_until(lambda: not any(map(lives, doomed)), self.boot_timeout, "SIGKILL")
        super().kill()
        return self

    def freeze(self) -> None:
        """SIGSTOP: it keeps its connections and answers nobody."""
        self._signal_all(signal.SIGSTOP)
        # On a busy machine a thread may go on for a moment, and answer.
        wait_until(lambda: all(stands_still(p.pid) for p in self.processes()), what="SIGSTOP")

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal_all(signal.SIGCONT)

    def restart(self) -> Self:
        """Stop and start again, on the same data."""
        self.stop()
        return self.start()

    @contextmanager
    def frozen(self) -> Iterator[Self]:
        self.freeze()
        try:
            yield self
        finally:
            self.thaw()

    def log(self) -> str:
        """All it has written to stdout and stderr."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    # How it is done.

    def main_processes(self) -> list[psutil.Process]:
        """The server itself, not the bubblewrap that carries it."""
        if self.process is None or self.process.poll() is not None:
            return []
        try:
            process = psutil.Process(self.process.pid)
            while process.name() == "bwrap":
                children = process.children()
                if not children:
                    return []
                process = children[0]
        except psutil.NoSuchProcess:
            return []
        return [process]

    @property
    def pid(self) -> int:
        """Process id of the server itself."""
        return int(self.main_processes()[0].pid)

    def pre_start_check(self) -> bool:
        return False

    def after_start_check(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise ServiceError(f"{self.name} ended at start; {self.last_words()}")
        return self.ready()

    def last_words(self, lines: int = 5) -> str:
        tail = [line.strip() for line in self.log().splitlines() if line.strip()][-lines:]
        return "its last words: " + (" | ".join(tail) or "none")

    def processes(self) -> list[psutil.Process]:
        """All its processes: the server's own and the daemons it left.

        A server that rewrites its title loses the mark, a daemon loses its
        parent; none does both.
        """
        main = self.main_processes()
        # The parent first: it has no time to see a child die, and to say so.
        found = dict.fromkeys(main)
        for process in main:
            with suppress(psutil.NoSuchProcess):
                found.update(dict.fromkeys(process.children(recursive=True)))
        for pid in processes_with_env(ENV_UUID, self._uuid):
            with suppress(psutil.NoSuchProcess):
                found[psutil.Process(pid)] = None
        return [process for process in found if _name(process) not in ("bwrap", "")]

    def _signal_all(self, number: signal.Signals) -> list[psutil.Process]:
        processes = self.processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        return processes

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: Any) -> None:
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.NoSuchProcess:
        return ""


def stands_still(pid: int) -> bool:
    """Whether all threads of a process have stopped, or ended. Linux only: else True."""
    states = []
    for file in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            states.append(file.read_text().rpartition(")")[2].split()[0])
    return all(state in "TtZX" for state in states)


def accepts(port: int) -> bool:
    """Whether somebody accepts connections on this port of loopback."""
    with socket.socket() as sock:
        sock.settimeout(1)
        return sock.connect_ex((LOOPBACK, port)) == 0
