"""Run one snippet and return what happened.

The interface is `Runner.run(snippet, environment) -> Report`; how the process
comes to be (a fresh interpreter today) is this file's own business.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from acked import sandbox, suite, witness
from acked.inside import Report
from acked.snippet import Snippet

SITE = Path(__file__).parent / "witness_site"
START_ALLOWANCE = 90  # seconds for its services to start, on top of its time-out

# What of the caller's environment a snippet sees; the rest would be luck.
KEPT = ("PATH", "HOME", "LANG", "USER", "XDG_CACHE_HOME")


def kill(process: subprocess.Popen[str]) -> None:
    """With its group: killed as it starts, bwrap leaves a child that waits for it for ever."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


class Runner:
    """Runs snippets of one checkout, several at once if asked from threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self.stopped = False

    def run(self, snippet: Snippet, addresses: dict[str, str]) -> Report:
        """One run, in a sandbox of its own. `addresses`: of shared servers."""
        order = {
            "file": str(snippet.file),
            "redis": snippet.needs("redis"),
            "memcached": snippet.needs("memcached"),
            "worker": snippet.header.worker,
            "timeout": snippet.header.timeout,
            "environment": addresses,
        }
        argv = [sys.executable, "-m", "acked.inside", json.dumps(order)]
        try:
            return self._finish(sandbox.wrap(argv, self.root), snippet)
        except suite.SuiteError as error:
            return Report(service_error=str(error))

    def _finish(self, argv: list[str], snippet: Snippet) -> Report:
        with self._lock:
            if self.stopped:
                return Report(service_error="the run was stopped")
            process = subprocess.Popen(
                argv,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,  # Ctrl-C is for the run, which then ends us
            )
            self._running.add(process)
        try:
            out, err = process.communicate(timeout=snippet.header.timeout + START_ALLOWANCE)
            return Report(**json.loads(out))
        except subprocess.TimeoutExpired:
            return Report(timed_out=True)
        except ValueError:
            last = (err.strip().splitlines() or ["no word"])[-1]
            return Report(service_error=f"the sandbox ended early: {last}")
        finally:
            kill(process)
            process.communicate()
            with self._lock:
                self._running.discard(process)

    def stop(self) -> None:
        """End all runs at once; what they started ends with them."""
        with self._lock:
            self.stopped = True
            for process in self._running:
                kill(process)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        watched = [self.root / "snippets", Path(__file__).parent / "services"]
        return kept | {
            "ACKED_ROOT": str(self.root),
            "ACKED_SUITE": suite.current(),
            "PYTHONPATH": str(SITE),
            "PYTHONHASHSEED": "0",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TZ": "UTC",
            witness.WATCHED: os.pathsep.join(map(str, watched)),
        }
