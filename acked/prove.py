"""Run the snippets that have no valid proof, several at once, and judge them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType

from acked import suite
from acked.inside import Report
from acked.project import Project
from acked.proof import Failure, Proof
from acked.runner import Runner
from acked.services.base import ServiceError
from acked.services.shared import Shared
from acked.snippet import Problem, Refused, Snippet, output_difference

# Experiments mostly wait, so more of them than cores.
AT_ONCE = 5


@dataclass(frozen=True)
class Result:
    snippet: Snippet
    proof: Proof | None = None
    problems: list[Problem] = field(default_factory=list)
    report: Report | None = None
    too_old: bool = False
    """A server of this suite is older than the snippet asks for."""


class TooOld(Refused):
    """The snippet declares that it is not for this suite's servers."""


def longest_first(project: Project, snippets: list[Snippet]) -> list[Snippet]:
    """As they took when they were last proven; what never was may take all that it has."""

    def expected(snippet: Snippet) -> float:
        last = project.store.seconds(suite.current(), snippet.name)
        return snippet.header.timeout if last is None else last

    return sorted(snippets, key=expected, reverse=True)


class Proving:
    """One run over some snippets, in their order. `with` starts it; `result` waits for one."""

    def __init__(
        self,
        project: Project,
        snippets: list[Snippet],
        done: Callable[[Result], None] = lambda _: None,
    ) -> None:
        self.project = project
        self.snippets = snippets
        self.done = done
        self.results: dict[str, Future[Result]] = {}
        self._runner = Runner(project.root)
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._say = threading.Lock()

    def __enter__(self) -> Proving:
        def needing(service: str) -> list[str]:
            return [snippet.name for snippet in self.snippets if snippet.needs(service)]

        self._shared = Shared(self.project.root, needing("rabbitmq"), needing("postgresql"))
        self._shared.__enter__()
        assert self.project.versions  # found once, before threads ask at the same time
        for snippet in self.snippets:
            self.results[snippet.name] = self._pool.submit(self._prove, snippet)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None
    ) -> None:
        if kind:
            self._runner.stop()
        self._pool.shutdown(cancel_futures=kind is not None)
        self._shared.__exit__()

    def result(self, snippet: Snippet) -> Result:
        return self.results[snippet.name].result()

    def _prove(self, snippet: Snippet) -> Result:
        try:
            result = self._run_and_judge(snippet)
        except Refused as refused:
            too_old = isinstance(refused, TooOld)
            result = Result(snippet, problems=list(refused.problems), too_old=too_old)
            if too_old:  # else serve would try it again and again
                self._note(snippet, self.project.inputs(snippet), refused.problems[0])
        if self._runner.stopped:
            return result
        with self._say:
            self.done(result)
        return result

    def _run_and_judge(self, snippet: Snippet) -> Result:
        project = self.project
        refuse_too_old(project, snippet)
        before = project.inputs(snippet)
        try:
            report = self._runner.run(snippet, self._addresses(snippet))
        except ServiceError as error:
            report = Report(service_error=str(error))
        problems = judge(project, snippet, report)
        lines = {
            path.removeprefix(f"{project.root}/"): found for path, found in report.lines.items()
        }
        inputs = project.inputs(snippet, lines)
        if any(inputs[path] != digest for path, digest in before.items()):
            what = "changed while it ran"
            problems = [
                Problem(f"snippets/{snippet.name}", 1, what, f"make prove ONLY={snippet.folder}")
            ]
            inputs = before  # else the new text would be taken for one that failed
        if self._runner.stopped:  # says nothing of the snippet
            return Result(snippet, problems=problems, report=report)
        if problems:
            self._note(snippet, inputs, problems[0], report.output)
            return Result(snippet, problems=problems, report=report)
        proof = Proof(
            snippet=snippet.name,
            suite=suite.current(),
            ran_at=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=report.seconds,
            inputs=inputs,
            versions=project.versions_for(snippet),
            packages=project.versions_of(report.packages),
            lines=lines,
            output=report.output,
            processes=report.processes,
        )
        project.store.save(proof)
        return Result(snippet, proof, report=report)

    def _note(
        self, snippet: Snippet, inputs: dict[str, str], problem: Problem, output: str = ""
    ) -> None:
        versions = self.project.versions_for(snippet)
        failure = Failure(inputs, problem.what, problem.path, problem.line, output, versions)
        self.project.store.save_failure(suite.current(), snippet.name, failure)

    def _addresses(self, snippet: Snippet) -> dict[str, str]:
        found = {}
        if snippet.needs("rabbitmq"):
            found["AMQP_URL"] = found["CELERY_BROKER_URL"] = self._shared.url(
                "rabbitmq", snippet.name
            )
        if snippet.needs("postgresql"):
            found["DATABASE_URL"] = self._shared.url("postgresql", snippet.name)
        return found


def refuse_too_old(project: Project, snippet: Snippet) -> None:
    """Raise `TooOld` when this suite's servers are not what the header asks for."""
    for wanted in snippet.header.servers:
        have = project.service_versions.get(wanted.name, "none")
        if have == "none" or not wanted.specifier.contains(have, prereleases=True):
            what = f"needs {wanted}, the suite {suite.current()} has {have}"
            raise TooOld(
                Problem(f"snippets/{snippet.name}", 1, what, "use another SUITE, or relax it")
            )


def judge(project: Project, snippet: Snippet, report: Report) -> list[Problem]:
    """What is wrong with a run; nothing, if it proves the snippet."""
    shown_as = f"snippets/{snippet.name}"
    reached = (
        int(report.last.rpartition(":")[2]) if report.last.startswith(f"{snippet.file}:") else 1
    )
    if report.service_error:
        return [
            Problem(
                shown_as, reached, report.service_error, "see that the server can run, then again"
            )
        ]
    if report.timed_out:
        what = f"is still running after {snippet.header.timeout} seconds"
        return [Problem(shown_as, reached, what, "make it end, or raise timeout in its header")]
    if report.too_long:
        what = "prints without end, to stdout or stderr"
        return [Problem(shown_as, reached, what, "print less")]
    if report.status:
        return [crash(snippet, report)]
    if not any(path == str(snippet.file) for path in report.lines):
        return [
            Problem(shown_as, 1, "the witness saw no line of it", "see that it runs, then again")
        ]
    if report.leaks:
        what = f"leaves a process behind: {report.leaks[0]}"
        return [Problem(shown_as, reached, what, "stop it before the snippet ends")]
    return compare(project, snippet, report)


_TRACEBACK = r"Traceback .*\n(?:[ \t].*\n)+\S.*\n"
_IGNORED = re.compile(
    rf"^Exception ignored .*\n(?:{_TRACEBACK}\n(?:During|The above) .*\n\n)*(?:{_TRACEBACK})?", re.M
)


def crash(snippet: Snippet, report: Report) -> Problem:
    """The line in the snippet from which the exception came.

    What a destructor raises as the interpreter ends is not why it failed.
    """
    errors = _IGNORED.sub("", report.errors + "\n")
    frames = re.findall(rf'File "{re.escape(str(snippet.file))}", line (\d+)', errors)
    said = [line for line in errors.splitlines() if line.strip()]
    what = f"failed: {said[-1].strip()}" if said else f"ended with status {report.status}"
    return Problem(f"snippets/{snippet.name}", int(frames[-1]) if frames else 1, what, "mend it")


def compare(project: Project, snippet: Snippet, report: Report) -> list[Problem]:
    file = project.output_file(snippet)
    mend = f"mend the snippet, or make accept ONLY={snippet.name}"
    if not file.exists():
        what = "has no recorded output"
        return [Problem(f"snippets/{snippet.name}", 1, what, f"make accept ONLY={snippet.name}")]
    difference = output_difference(file.read_text(), report.output)
    if difference is None:
        return []
    line, wanted, printed = difference
    what = f"recorded {wanted!r}, but it printed {printed!r}"
    return [Problem(project.relative(file), line, what, mend)]
