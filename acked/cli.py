"""The verbs of the Makefile.

Each returns 0 when done. A person's mistake ends in one line for each thing
that is wrong, `path:line: what; what to do`, never in a traceback.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from acked import ci, scaffold, serve, suite, unchanged
from acked.check import survey
from acked.finish import finish
from acked.forms import Forms
from acked.gate import look
from acked.project import Project
from acked.prove import Proving
from acked.publish import publish
from acked.sandbox import die_with_parent
from acked.snippet import Problem, Refused, Snippet


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="acked")
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("--only", default="", help="topic/slug, or a snippet in it")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--shard", default="", help="2/4: the second quarter of the pages")
    parser.add_argument("--folder", default="", type=Path, help="the proofs of a run's jobs")
    parser.add_argument("--to", default="report.md", type=Path)
    parser.add_argument("--address", default="", help="of the published site")
    parser.add_argument("--key", default="")
    parser.add_argument("--question", default="")
    parser.add_argument("--topic", default="")
    parser.add_argument("--yes", action="store_true", help="accept without asking")
    arguments = parser.parse_args(argv)
    if "MAKELEVEL" in os.environ:  # else kill -9 of make would leave us at work
        die_with_parent()
    try:
        return VERBS[arguments.verb](Project.here(), arguments)
    except Refused as refused:
        print(*refused.problems, sep="\n", file=sys.stderr)
        if os.environ.get("GITHUB_ACTIONS") == "true":
            print(*map(ci.annotation, refused.problems), sep="\n")
    except suite.SuiteError as error:
        print(f"Makefile:1: {error}", file=sys.stderr)
    except OSError as error:
        print(
            f"{error.filename or 'the disk'}:1: {error.strerror}; mend that, then run again",
            file=sys.stderr,
        )
    except KeyboardInterrupt:
        print("stopped; nothing is left running", file=sys.stderr)
        return 130
    return 1


@contextlib.contextmanager
def alone(project: Project, patience: float = 0) -> Iterator[None]:
    """No two runs prove a whole checkout at the same time. `patience` in seconds.

    One page may be proven beside them, for `make serve` may have long to do:
    each proof is written whole, and who has the last word does not matter.
    """
    project.store_folder.mkdir(exist_ok=True)
    lock = FileLock(project.store_folder / ".lock")
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        problem = Problem(
            ".proofs/.lock", 1, "another run is proving this checkout", "wait for it, or stop it"
        )
        raise Refused(problem) from None
    try:
        yield
    finally:
        lock.release()


def setup_services(project: Project, arguments: argparse.Namespace) -> int:
    suite.unpack(suite.current())
    return 0


def check(project: Project, arguments: argparse.Namespace) -> int:
    *_, problems = survey(project)
    if problems:
        raise Refused(*problems)
    return 0


def prove(project: Project, arguments: argparse.Namespace) -> int:
    if arguments.only:
        return run_pytest(project, arguments)
    with alone(project):
        if arguments.shard or arguments.fresh:
            return run_pytest(project, arguments)
        if when := unchanged.since(project):
            print(f"nothing has changed since {when}")
            return 0
        before = unchanged.sources(project)
        if not (status := run_pytest(project, arguments)):
            unchanged.note(project, before)
        return status


def run_pytest(project: Project, arguments: argparse.Namespace) -> int:
    suite.versions(suite.current())  # raises when the servers are not there
    places = [project.docs]
    if arguments.shard:
        places = [project.docs / page.path for page in ci.shard(project, arguments.shard)]
    if arguments.only:
        name = "/".join(arguments.only.removeprefix("docs/").removesuffix(".md").split("/")[:2])
        places = [project.docs / f"{name}.md"]
        if not places[0].exists():
            raise Refused(
                Problem(
                    f"docs/{name}.md", 1, "does not exist", "name a page: ONLY=celery/worker-crash"
                )
            )
    options = ["--acked", "-q", "--no-header", "--tb=no", "-rN", "-s", f"--rootdir={project.root}"]
    options += ["--disable-plugin-autoload", "--assert=plain", "-c", os.devnull]
    options += ["-p", "acked.collector", "-p", "no:cacheprovider", "-p", "no:warnings"]
    options += ["-o", "console_output_style=classic"]
    status = pytest.main([*options, *(["--fresh"] if arguments.fresh else []), *map(str, places)])
    if status == pytest.ExitCode.NO_TESTS_COLLECTED:
        raise Refused(
            Problem(
                project.relative(places[0]),
                1,
                "shows nothing that could be proven",
                "include a snippet",
            )
        )
    return int(status)


def site(project: Project, arguments: argparse.Namespace) -> int:
    check(project, arguments)
    if suite.current() != suite.DEFAULT:
        raise Refused(
            Problem("Makefile", 1, "the site stands on the default suite", "leave SUITE out")
        )
    if status := prove(project, arguments):
        return status
    build = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--site-dir",
        str(project.root / "site"),
    ]
    done = subprocess.run(build, cwd=project.root, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    if done.returncode:
        return done.returncode
    pages, snippets, _ = survey(project)
    publish(project, pages, snippets, project.root / "site")
    Forms(project, look(project).questions, project.root / "site").write()
    finish(project.root / "site")
    questions = sum(page.is_question for page in pages)
    print(f"site/ holds {questions} questions, {len(snippets)} proven snippets")
    return 0


def accept(project: Project, arguments: argparse.Namespace) -> int:
    """Run, show what is new in the output, record it."""
    snippets, problems = project.snippets()
    wanted = arguments.only.removeprefix("snippets/")
    chosen = [s for s in snippets if wanted and (s.name == wanted or s.folder == wanted)]
    if not chosen:
        broken = [p for p in problems if wanted and p.path.startswith(f"snippets/{wanted}")]
        raise Refused(
            *(
                broken
                or [
                    Problem(
                        f"snippets/{wanted}",
                        1,
                        "is no snippet",
                        "name one: ONLY=celery/worker-crash",
                    )
                ]
            )
        )
    return max(accept_one(project, snippet) for snippet in chosen)


def accept_one(project: Project, snippet: Snippet) -> int:
    file = project.output_file(snippet)
    before = file.read_text() if file.exists() else ""
    with Proving(project, [snippet]) as proving:
        result = proving.result(snippet)
    if not result.problems:
        print(f"{snippet.name}: prints what is recorded")
        return 0
    report = result.report
    only_output = report and report.status == 0 and not (report.leaks or report.service_error)
    if not only_output or report is None:
        raise Refused(*result.problems)
    name = project.relative(file)
    sys.stdout.writelines(
        difflib.unified_diff(before.splitlines(True), report.output.splitlines(True), name, name)
    )
    file.write_text(report.output)
    print(f"\n{name}: written; put patterns such as <seconds> for what varies, review it,")
    print(f"then make prove ONLY={snippet.folder}")
    return 0


def new(project: Project, arguments: argparse.Namespace) -> int:
    for file in scaffold.new_question(project, arguments.question, arguments.topic):
        print(f"{project.relative(file)}: made; edit it")
    return 0


def serve_site(project: Project, arguments: argparse.Namespace) -> int:
    return serve.run(project, lambda: alone(project, patience=3600))


def seal(project: Project, arguments: argparse.Namespace) -> int:
    ci.seal(arguments.key)
    return 0


def gather(project: Project, arguments: argparse.Namespace) -> int:
    return ci.gather(project, arguments.folder)


def summary(project: Project, arguments: argparse.Namespace) -> int:
    print(ci.summary(project, arguments.folder))
    return 0


def report(project: Project, arguments: argparse.Namespace) -> int:
    if text := ci.report(project, arguments.folder, arguments.address):
        arguments.to.write_text(text)
    return 0


VERBS = {
    "setup-services": setup_services,
    "check": check,
    "prove": prove,
    "site": site,
    "accept": accept,
    "new": new,
    "serve": serve_site,
    "seal": seal,
    "gather": gather,
    "summary": summary,
    "report": report,
}

if __name__ == "__main__":
    sys.exit(main())
