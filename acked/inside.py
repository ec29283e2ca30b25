"""Runs in the sandbox, around one snippet: gives it its services and watches it.

Reads an order (JSON) from the command line, prints a report (JSON). What is
still alive after the snippet is a leak, and is named.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from acked import services as given
from acked import witness
from acked.services.base import Service, ServiceError

OUTPUT_LIMIT = 100_000  # bytes; a page that shows more teaches nothing
GRACE = 1.0  # seconds in which a process that is already dying may finish


@dataclass
class Report:
    """What happened, in a form that survives the sandbox."""

    status: int | None = None
    """Exit status; None when it had to be killed."""
    timed_out: bool = False
    too_long: bool = False
    """It printed more than OUTPUT_LIMIT bytes."""
    output: str = ""
    errors: str = ""
    """What it wrote to stderr."""
    seconds: float = 0.0
    leaks: list[str] = field(default_factory=list)
    service_error: str = ""
    lines: dict[str, list[int]] = field(default_factory=dict)
    packages: list[str] = field(default_factory=list)
    """Folders and modules of site-packages of which something ran."""
    last: str = ""
    """The last line that ran for the first time, as path and number."""
    processes: int = 0


def main() -> None:
    order = json.loads(sys.argv[1])
    report = Report()
    work = Path.cwd()
    record = work.parent / "witness"
    record.touch()
    os.environ[witness.RECORD] = str(record)
    services: list[Service] = []
    with ExitStack() as stack:
        try:
            environment = give_services(order, stack, services)
            run(order, environment, report)
            find_leaks(services, report)
            for service in services:
                if not service.running():
                    report.service_error = f"{service.name} died under it; {service.last_words()}"
        except ServiceError as error:
            report.service_error = str(error)
    testify(record, report)
    print(json.dumps(asdict(report)))


def give_services(
    order: dict[str, Any], stack: ExitStack, services: list[Service]
) -> dict[str, str]:
    """Start what the header asks for; the environment that says where it is."""
    environment = {**os.environ, **order["environment"]}
    if order["redis"]:
        server = given.Redis()
        services.append(stack.enter_context(server))
        environment["REDIS_URL"] = environment["CELERY_RESULT_BACKEND"] = server.url
        environment.setdefault("CELERY_BROKER_URL", server.url)
    if order["memcached"]:
        cache = given.Memcached()
        services.append(stack.enter_context(cache))
        environment["MEMCACHED_SERVER"] = cache.server
    if order["worker"] is not None:
        services.append(
            stack.enter_context(given.Worker(order["file"], order["worker"], environment))
        )
    return environment


def run(order: dict[str, Any], environment: dict[str, str], report: Report) -> None:
    """Run the snippet to its end, or to the end of our patience."""
    output, errors = Path("../output"), Path("../errors")
    began = time.monotonic()
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, order["file"]],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        while process.poll() is None:
            report.timed_out = time.monotonic() - began > order["timeout"]
            report.too_long = max(output.stat().st_size, errors.stat().st_size) > OUTPUT_LIMIT
            if report.timed_out or report.too_long:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                break
            time.sleep(0.01)
        else:
            report.status = process.returncode
    report.too_long |= output.stat().st_size > OUTPUT_LIMIT
    report.seconds = round(time.monotonic() - began, 2)
    report.output = output.read_bytes()[:OUTPUT_LIMIT].decode(errors="replace")
    report.errors = errors.read_bytes()[-OUTPUT_LIMIT:].decode(errors="replace")


def find_leaks(services: list[Service], report: Report) -> None:
    """Name every process that the snippet left behind, however deep it forked."""
    if sys.platform != "linux" or report.timed_out or report.too_long:
        return
    ours = {1, os.getpid()}
    for service in services:
        ours |= {process.pid for process in service.processes()}
        ours |= {service.process.pid} if service.process else set()
    deadline = time.monotonic() + GRACE
    while (left := _alive_except(ours)) and time.monotonic() < deadline:
        time.sleep(0.02)
    report.leaks = [_describe(process) for process in left]


def _alive_except(ours: set[int]) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            dead = process.status() == psutil.STATUS_ZOMBIE
            kin = {parent.pid for parent in process.parents()} & (ours - {1, os.getpid()})
        except psutil.NoSuchProcess:
            continue
        if process.pid not in ours and not dead and not kin:
            found.append(process)
    return found


def _describe(process: psutil.Process) -> str:
    try:
        command = " ".join(process.cmdline())[:120] or process.name()
        ports = [c.laddr.port for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
    except psutil.Error:
        return f"process {process.pid}"
    listening = f", listening on port {ports[0]}" if ports else ""
    return f"{command} (pid {process.pid}{listening})"


def testify(record: Path, report: Report) -> None:
    report.lines = witness.read(record)
    report.packages = witness.packages(record)
    report.processes = witness.processes(record)
    report.last = witness.last(record)


if __name__ == "__main__":
    main()
