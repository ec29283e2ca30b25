"""A real Celery worker, as `celery worker` starts it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Literal

import psutil

from acked.services.base import Service, stands_still, wait_until

SHUTDOWN = {
    "warm": [signal.SIGTERM],
    "soft": [signal.SIGQUIT],
    "cold": [signal.SIGQUIT],
}


class Worker(Service):
    """`celery -A <file's module> worker <options>`, started in the file's folder.

    `env` is added to its environment. Ready means: it said that it is ready.
    """

    name = "worker"
    boot_timeout = 60.0

    def __init__(
        self, app: str | Path, options: str = "", env: dict[str, str] | None = None
    ) -> None:
        super().__init__(env)
        self.app = Path(app).resolve()
        self.options = options
        self._cwd = str(self.app.parent)
        self._starts = 0

    def argv(self) -> list[str]:
        self._starts = self.log().count(" ready.\n")
        argv = [sys.executable, "-m", "celery", "-A", self.app.stem, "worker"]
        argv += ["--hostname", f"{self.home.name}@%h", "--loglevel", "INFO"]
        return argv + self.options.split()

    def environment(self) -> dict[str, str]:
        return {
            "NO_COLOR": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        }

    def ready(self) -> bool:
        return self.log().count(" ready.\n") > self._starts

    def pool(self) -> list[psutil.Process]:
        """The pool children, which run the tasks."""
        [main] = self.main_processes()
        return [child for child in main.children() if child.status() != psutil.STATUS_ZOMBIE]

    def kill_child(self) -> int:
        """SIGKILL one pool child, as the kernel's OOM killer would; its pid."""
        child = self.pool()[0]
        child.kill()
        return int(child.pid)

    def freeze_parent(self) -> None:
        """SIGSTOP the worker's main process only; its children go on."""
        os.kill(self.pid, signal.SIGSTOP)
        wait_until(lambda: stands_still(self.pid), what="SIGSTOP")

    def thaw_parent(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def shut_down(self, how: Literal["warm", "soft", "cold"], wait: bool = True) -> None:
        """Send the signal of a warm (TERM), soft or cold (QUIT) shutdown.

        Which of the last two it is, the setting worker_soft_shutdown_timeout
        decides. With `wait`, return when the worker is gone.
        """
        for number in SHUTDOWN[how]:
            os.kill(self.pid, number)
        if wait:
            self.wait_until_gone()

    def wait_until_gone(self, timeout: float = 60) -> None:
        process = self.process
        assert process is not None, "the worker was never started"
        wait_until(lambda: process.poll() is not None, timeout, "the end of the worker")
        self.kill()
