"""Bad input that only a run shows, and all the ways a run can be ended."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Change, Small, run_of

from acked.project import Project
from acked.runner import Runner
from acked.services import wait_until
from acked.suite import cache

SNIPPET = "snippets/redis/does-it-run/example.py"
OUTPUT = "snippets/redis/does-it-run/example.out"
PROOF = r"\.proofs/forky/redis/does-it-run/example\.py\.json"

END = "# --8<-- [end:example]\n"


def after(code: str, header: str = "") -> Change:
    """Add code below the section, and a line to the header."""

    def change(small: Small) -> None:
        small.snippet.write_text(small.snippet.read_text() + code)
        small.change(small.snippet, "# ///\nimport", f"{header}# ///\nimport")

    return change


def shown(code: str) -> Change:
    return lambda small: small.change(small.snippet, END, code + END)


FORK_TWICE = """
import sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
os.wait()
"""
LISTEN = """
import socket, time
if os.fork() == 0:
    server = socket.create_server(("127.0.0.1", 0))
    time.sleep(600)
"""

CASES: dict[str, tuple[Change, str]] = {
    "fails": (after("1 / 0\n"), f"{SNIPPET}:19: failed: ZeroDivisionError: division by zero; "),
    "fails, and then its destructor does": (
        after("class Late:\n    def __del__(self):\n        [].pop()\nlate = Late()\n1 / 0\n"),
        f"{SNIPPET}:23: failed: ZeroDivisionError: division by zero; ",
    ),
    "exits with a status": (
        after("raise SystemExit(3)\n"),
        f"{SNIPPET}:\\d+: ended with status 3; ",
    ),
    "killed": (after("os.kill(os.getpid(), 9)\n"), f"{SNIPPET}:\\d+: ended with status -9; "),
    "hangs": (
        after("import time\ntime.sleep(600)\n", "# timeout = 1\n"),
        f"{SNIPPET}:21: is still running after 1 seconds; ",
    ),
    "ignores SIGTERM and hangs": (
        after(
            "import signal\nsignal.pthread_sigmask(0, range(1, 64))\nsignal.pause()\n",
            "# timeout = 1\n",
        ),
        f"{SNIPPET}:22: is still running after 1 seconds; ",
    ),
    "prints without end": (
        after("while True:\n    print('x' * 70)\n"),
        f"{SNIPPET}:\\d+: prints without end, to stdout or stderr; ",
    ),
    "prints something else": (
        after("print('more')\n"),
        f"{OUTPUT}:2: recorded '<end of output>', but it printed 'more'; ",
    ),
    "prints less": (
        lambda small: (small.folder / "example.out").write_text("it ran\nand more\n"),  # type: ignore[arg-type, return-value]
        f"{OUTPUT}:2: recorded 'and more', but it printed '<end of output>'; ",
    ),
    "no recorded output": (
        lambda small: (
            small.change(small.page, "example.out", "example.py:example"),
            small.change(small.page, "```text", "```python"),
            (small.folder / "example.out").unlink(),
        )[0],
        f"{SNIPPET}:1: has no recorded output; ",
    ),
    "leaves a process": (
        after("import subprocess\nsubprocess.Popen(['sleep', '600'])\n"),
        f"{SNIPPET}:\\d+: leaves a process behind: sleep 600 ",
    ),
    "leaves a process, forked twice": (
        after(FORK_TWICE),
        f"{SNIPPET}:\\d+: leaves a process behind: ",
    ),
    "leaves a listening port": (
        after(LISTEN),
        f"{SNIPPET}:\\d+: leaves a process behind: .*listening on port \\d+",
    ),
    "a shown line never runs": (
        shown("if client is None:\n    print(1)\n"),
        f"{SNIPPET}:19: is shown .* but never ran; ",
    ),
    "a shown line is dead code": (
        shown("if False:\n    print(1)\n"),
        f"{SNIPPET}:19: is shown .* but never ran; ",
    ),
    "a shown line is jumped over": (
        shown("for _ in ():\n    print(1)\n"),
        f"{SNIPPET}:19: is shown .* but never ran; ",
    ),
    "ends before its end": (
        shown("os._exit(0)\nprint(1)\n"),
        f"{SNIPPET}:19: is shown .* but never ran; ",
    ),
    "runs the shown line as other text only": (
        shown("if client is None:\n    print(1)\nexec('pass')\n"),
        f"{SNIPPET}:19: is shown .* but never ran; ",
    ),
    "prints by another way at the exit": (
        after("import atexit\natexit.register(os.write, 1, b'more\\n')\n"),
        f"{OUTPUT}:2: recorded '<end of output>', but it printed 'more'; ",
    ),
    "kills its checker": (
        after("os.kill(os.getppid(), 9)\n"),
        f"{SNIPPET}:\\d+: the sandbox ended early: ",
    ),
    "kills its checker at the exit": (
        after("import atexit\natexit.register(os.kill, os.getppid(), 9)\n"),
        f"{SNIPPET}:\\d+: the sandbox ended early: ",
    ),
    "kills all that it can": (
        after("os.kill(-1, 9)\n"),
        f"{SNIPPET}:\\d+: the sandbox ended early: ",
    ),
    "kills its service": (
        after("client.shutdown(nosave=True)\n"),
        f"{SNIPPET}:\\d+: redis died under it; its last words: ",
    ),
    "its own service dies at start": (
        after("from acked.services import Redis\nRedis('--port nonsense').start()\n"),
        f"{SNIPPET}:20: failed: .*redis died at start; its last words: ",
    ),
    "its worker dies at start": (
        after("", '# worker = "--pool=nonsense"\n'),
        f"{SNIPPET}:\\d+: worker died at start; its last words: ",
    ),
    "a service too old": (
        lambda small: small.change(small.snippet, '["redis"]\n# ///', '["redis>=99"]\n# ///'),
        f"{SNIPPET}:1: needs redis>=99, the suite forky has ",
    ),
}


@pytest.mark.parametrize("change, expected", CASES.values(), ids=CASES)
def test_is_refused(small: Small, change: Change, expected: str) -> None:
    change(small)
    status, out = small.run("prove")
    assert status == 1
    assert re.search(f"(?m)^{expected}", out), out
    assert not small.proof.exists() or "never ran" in expected


def test_a_failure_says_all_that_its_mend_needs(small: Small) -> None:
    after("print('more')\nclient.incr('greeting')\n")(small)
    _, out = small.run("prove")
    assert "  shown on docs/redis/does-it-run.md:15\n" in out
    assert "      18  # --8<-- [end:example]\n      19  print('more')\n  >   20  client" in out
    assert "ResponseError: value is not an integer" in out
    assert "  to repeat it: make prove ONLY=redis/does-it-run" in out
    small.change(small.snippet, "client.incr('greeting')", "")
    _, out = small.run("prove")
    assert "  recorded (-) and printed (+):\n    @@ -1 +1,2 @@\n     it ran\n    +more\n" in out


# Proofs that cannot be trusted, or no longer hold.


def edit_proof(change: Callable[[dict[str, object]], object]) -> Change:
    def edit(small: Small) -> None:
        sealed = json.loads(small.proof.read_text())
        change(sealed["proof"])
        small.proof.write_text(json.dumps(sealed))

    return edit


STALE: dict[str, tuple[Change, str]] = {
    "corrupt": (lambda s: s.change(s.proof, "{", "["), f"{PROOF}:1: the proof is corrupt; "),
    "cut off": (
        lambda s: s.change(s.proof, s.proof.read_text()[99:], ""),
        f"{PROOF}:1: the proof is corrupt; ",
    ),
    "forged output": (
        edit_proof(lambda proof: proof.update(output="forged")),
        f"{PROOF}:1: the proof was not made on this machine; ",
    ),
    "forged versions": (
        edit_proof(lambda proof: proof.update(versions={})),
        f"{PROOF}:1: the proof was not made on this machine; ",
    ),
    "of another snippet": (
        lambda s: (
            (s.folder / "other.py").write_text(s.snippet.read_text())
            and s.proof.rename(s.proof.with_name("other.py.json"))
            and s.change(s.page, "example.py", "other.py")
        ),  # type: ignore[func-returns-value, return-value]
        f"{PROOF.replace('example', 'other')}:1: is the proof of redis/does-it-run/example.py",
    ),
    "snippet changed": (
        lambda s: s.change(s.snippet, "greeting", "greetings"),
        f"{SNIPPET}:1: {SNIPPET} changed after it was proven; ",
    ),
    "output changed": (
        lambda s: s.change(s.folder / "example.out", "it ran", "it runs"),
        f"{SNIPPET}:1: {OUTPUT} changed after it was proven; ",
    ),
    "none": (lambda s: s.proof.unlink(), f"{SNIPPET}:1: has no proof; "),
}


@pytest.mark.parametrize("change, expected", STALE.values(), ids=STALE)
def test_the_gate_refuses(proven_small: Small, change: Change, expected: str) -> None:
    """The build itself, without the checks that come before it."""
    change(proven_small)
    build = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    done = subprocess.run(
        build, cwd=proven_small.root, env=proven_small.environment(), capture_output=True, text=True
    )
    assert done.returncode != 0
    assert re.search(expected, done.stderr), done.stderr
    assert "Traceback" not in done.stderr


def test_the_gate_lets_the_proven_through(proven_small: Small) -> None:
    status, out = proven_small.run("site")
    assert status == 0, out
    proofs = json.loads((proven_small.root / "site/proofs.json").read_text())["proofs"]
    assert [proof["output"] for proof in proofs] == ["it ran\n"]
    page = (proven_small.root / "site/redis/does-it-run/index.html").read_text()
    assert "✓ ran with" in page
    assert "4 of 4 lines" in page


@pytest.mark.parametrize("name", ["server:redis", "redis", "python"])
def test_other_versions_are_proven_anew(proven_small: Small, name: str) -> None:
    project = Project(proven_small.root)
    [snippet], _ = project.snippets()
    assert project.why_unproven(snippet) is None
    had, project.versions[name] = project.versions[name], "99"
    problem = project.why_unproven(snippet)
    assert problem and problem.what == f"it was proven with {name} {had}, here is 99"


def test_a_package_that_took_no_part_changes_nothing(proven_small: Small) -> None:
    project = Project(proven_small.root)
    [snippet], _ = project.snippets()
    project.versions["django"] = "99"
    assert project.why_unproven(snippet) is None


def test_a_change_during_the_run_voids_it(small: Small) -> None:
    after("import time\nprint('wait', flush=True)\ntime.sleep(3)\n")(small)
    (small.folder / "example.out").write_text("it ran\nwait\n")
    process = small.start("prove")
    wait_until(lambda: run_of(small, "example.py"), what="the snippet")
    small.change(small.snippet, "greeting", "greetings")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"{SNIPPET}:1: changed while it ran; " in out
    store, name = Project(small.root).store, "redis/does-it-run/example.py"
    assert store.failure_file("forky", name).exists()
    assert store.failure("forky", name, small.root) is None, "nobody has run the new text"


# The machine says no.


def test_servers_not_installed(small: Small, tmp_path: Path) -> None:
    status, out = small.run("prove", XDG_CACHE_HOME=str(tmp_path / "empty"))
    assert status == 1
    assert "the servers of forky are not there; make setup SUITE=forky" in out


def test_disk_full(small: Small) -> None:
    store = small.root / ".proofs"
    store.mkdir()
    here = [
        "bwrap",
        "--bind",
        "/",
        "/",
        "--dev",
        "/dev",
        "--proc",
        "/proc",
        "--size",
        "4096",
        "--tmpfs",
        str(store),
    ]
    fill = f"exec 2>/dev/null; head -c 4096 /dev/zero > {store}/filler; exec 2>&1; exec "
    command = [*here, "--die-with-parent", "sh", "-c", f"{fill}{sys.executable} -m acked.cli prove"]
    done = subprocess.run(
        command, env=small.environment(), cwd=small.root, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert re.search(
        r"cannot be written: No space left on device; |:1: No space left on device; ",
        done.stdout + done.stderr,
    ), done
    assert "Traceback" not in done.stdout + done.stderr


# Two runs, and runs that are ended.


def start_long_run(small: Small, **environment: str) -> subprocess.Popen[str]:
    after("import signal\nsignal.pause()\n", "# timeout = 60\n")(small)
    process = small.start("prove", **environment)
    wait_until(lambda: run_of(small, "python") and small_is_paused(small), 60, "the snippet")
    return process


def small_is_paused(small: Small) -> bool:
    return any(p.cmdline()[-1:] == [str(small.snippet)] for p in run_of(small, "example.py"))


def test_two_runs_in_one_checkout(small: Small) -> None:
    first = start_long_run(small)
    status, out = small.run("prove")
    assert (status, out.strip()) == (
        1,
        ".proofs/.lock:1: another run is proving this checkout; wait for it, or stop it",
    )
    other = small.folder / "other.py"
    other.write_text(small.snippet.read_text().replace("signal.pause()", ""))
    status, out = small.run("accept", "--only=redis/does-it-run/other.py")
    assert status == 0 and "other.out: written" in out, "one page may be proven beside it"
    first.kill()
    first.communicate()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_ended_run_leaves_nothing(small: Small, number: signal.Signals) -> None:
    temporary = small.root.parent / "tmp"
    temporary.mkdir()
    process = start_long_run(small, TMPDIR=str(temporary))
    process.send_signal(number)
    out, _ = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "Traceback" not in out
    wait_until(lambda: not run_of(small, ""), 10, "the end of all that it started")
    assert not list(temporary.iterdir())
    small.change(small.snippet, "signal.pause()\n", "")
    assert small.run("prove")[0] == 0


def test_a_run_can_be_stopped_at_each_moment_of_its_start(small: Small) -> None:
    after("import signal\nsignal.pause()\n", "# timeout = 600\n")(small)
    [snippet], _ = Project(small.root).snippets()
    for moment in range(60):
        runner = Runner(small.root)
        run = threading.Thread(target=runner.run, args=(snippet, {}), daemon=True)
        run.start()
        time.sleep(moment / 4000)  # to 15 ms: bwrap is up by then
        runner.stop()
        run.join(10)
        assert not run.is_alive(), f"{moment / 4} ms after its start"


def test_the_snippet_cannot_write_to_the_checkout(small: Small) -> None:
    after("from pathlib import Path\nPath(__file__).write_text('')\n")(small)
    status, out = small.run("prove")
    assert status == 1
    assert f"{SNIPPET}:20: failed: OSError: [Errno 30] Read-only file system" in out


def test_the_snippet_cannot_read_the_seal(small: Small) -> None:
    home = str(cache()).rpartition("/")
    after(f"folder = {home[0]!r}\nopen(folder + '/{home[2]}/seal', 'rb').read()\n")(small)
    status, out = small.run("prove")
    assert status == 1
    assert f"{SNIPPET}:20: failed: PermissionError" in out
