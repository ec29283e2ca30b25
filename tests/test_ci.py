"""What CI adds: shards, proofs handed from job to job, and what people read of a run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Small

from acked import ci, suite
from acked.project import Project
from acked.proof import Failure, Proof, Store
from acked.snippet import Problem, Refused

EXAMPLE = "redis/does-it-run/example.py"


# Shards.


@pytest.mark.parametrize("total", [1, 2, 5])
def test_shards_hold_each_page_once(total: int) -> None:
    project = Project(ROOT)
    shards = [ci.shard(project, f"{number}/{total}") for number in range(1, total + 1)]
    found = [page.path for pages in shards for page in pages]
    shown = [page.path for page in ci.pages(project) if page.blocks]
    assert sorted(found) == sorted(shown)
    weights = [sum(ci.weight(project, page) for page in pages) for pages in shards]
    assert max(weights) < 1.5 * min(weights)
    again = [page.path for page in ci.shard(project, f"1/{total}")]
    assert [page.path for page in shards[0]] == again


@pytest.mark.parametrize("part", ["0/2", "3/2", "2", "1/0", "-1/2", "a/b", "1/2/3"])
def test_a_shard_that_is_none(part: str, small: Small) -> None:
    status, out = small.run("prove", f"--shard={part}")
    assert (status, out) == (
        1,
        f"Makefile:1: SHARD is {part!r}; say which of how many: SHARD=2/4\n",
    )


def test_a_shard_is_proven(small: Small) -> None:
    status, out = small.run("prove", "--shard=1/2")
    assert status == 0 and "proven" in out
    status, out = small.run("prove", "--shard=2/2")
    assert (status, out) == (1, "Makefile:1: SHARD 2/2 holds no page; use fewer shards\n")


def test_known_durations_count(proven_small: Small) -> None:
    project = Project(proven_small.root)
    [page] = [page for page in ci.pages(project) if page.blocks]
    assert ci.weight(project, page) < 5, "its time-out is 20 seconds"
    shutil.rmtree(project.store_folder)
    assert ci.weight(project, page) > 20


# The seal of a run.


def test_a_seal_is_printed_and_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    ci.seal("")
    name, _, key = capsys.readouterr().out.strip().partition("=")
    assert name == "seal"
    file = suite.cache() / "seal"
    assert file.read_bytes().hex() == key
    assert file.stat().st_mode & 0o077 == 0
    ci.seal("ab" * 32)
    assert file.read_bytes() == bytes.fromhex("ab" * 32)
    assert capsys.readouterr().out == ""
    for wrong in ("ab", "xy" * 32, "ab" * 33):
        with pytest.raises(Refused, match="SEAL is no key: 64 hexadecimal digits; "):
            ci.seal(wrong)


# Proofs of many jobs.


def hand_on(small: Small, job: str = "proofs-forky-3.13-1") -> Path:
    """What the artifacts of a run hold, when all is downloaded."""
    folder = small.root.parent / "downloaded"
    shutil.copytree(small.root / ".proofs", folder / job)
    shutil.rmtree(small.root / ".proofs")
    return folder


def test_what_other_jobs_proved_is_not_run_again(proven_small: Small) -> None:
    folder = hand_on(proven_small)
    status, out = proven_small.run("gather", f"--folder={folder}")
    assert (status, out) == (0, f"1 proofs taken from {folder}\n")
    status, out = proven_small.run("prove")
    assert status == 0 and "proven" not in out


def test_a_proof_that_was_not_sealed_in_this_run(proven_small: Small) -> None:
    folder = hand_on(proven_small)
    [file] = folder.rglob("*.json")
    proof = Proof(**json.loads(file.read_text())["proof"])
    Store(folder / "proofs-forky-3.13-1", b"another run's").save(proof)
    status, out = proven_small.run("gather", f"--folder={folder}")
    assert status == 1
    shown_as = f"proofs-forky-3.13-1/forky/{EXAMPLE}.json"
    assert out.startswith(f"{shown_as}:1: the proof was not made on this machine; ")
    assert not proven_small.proof.exists()


def test_proofs_that_are_committed_count_for_nothing(proven_small: Small) -> None:
    """A pull request may bring a proof store: it has not the seal of the run."""
    proof = Proof(**json.loads(proven_small.proof.read_text())["proof"])
    Store(proven_small.root / ".proofs", b"guessed").save(proof)
    folder = proven_small.root.parent / "downloaded"
    folder.mkdir()
    status, out = proven_small.run("gather", f"--folder={folder}")
    assert (status, out) == (1, f"0 proofs taken from {folder}\n")
    status, out = proven_small.run("site")
    assert status == 0 and "[1/1] proven" in out, "it must be run, not believed"


def test_a_proof_of_another_python_is_not_ours(proven_small: Small) -> None:
    folder = hand_on(proven_small)
    [file] = folder.rglob("*.json")
    proof = Proof(**json.loads(file.read_text())["proof"])
    proof.versions["python"] = "3.9.1"
    Project(proven_small.root)
    key = (suite.cache() / "seal").read_bytes()
    Store(folder / "proofs-forky-3.13-1", key).save(proof)
    status, out = proven_small.run("gather", f"--folder={folder}")
    assert (status, out) == (1, f"0 proofs taken from {folder}\n")


# What people read.


def failed(small: Small) -> Path:
    """A run in which the snippet printed something else on one suite."""
    folder = hand_on(small)
    versions = {"redis": "9.0.0", "server:redis": "9.1"}
    words = "recorded 'it ran', but it printed 'it | <b>'"
    out = f"snippets/{EXAMPLE.replace('.py', '.out')}"
    failure = Failure({}, words, out, 1, "it | <b>\n", versions)
    Store(folder / "proofs-trixie-3.14-2", b"").save_failure("trixie", EXAMPLE, failure)
    old = Failure({}, "needs rabbitmq>=4.1, the suite trixie has 4.0.5")
    Store(folder / "proofs-trixie-3.14-2", b"").save_failure("trixie", "redis/a/old.py", old)
    return folder


def commit(root: Path, words: str) -> None:
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", words], check=True)


def test_summary(proven_small: Small) -> None:
    commit(proven_small.root, "before")
    proven_small.change(proven_small.folder / "example.out", "ran", "<ran>")
    commit(proven_small.root, "after")
    folder = failed(proven_small)
    [file] = folder.rglob("*.json")
    proof = Proof(**json.loads(file.read_text())["proof"])
    key = (suite.cache() / "seal").read_bytes()
    slow = {**vars(proof), "snippet": "redis/does-it-run/slow.py", "seconds": 77.7}
    Store(folder / "proofs-forky-3.13-2", key).save(Proof(**slow))
    status, out = proven_small.run("summary", f"--folder={folder}")
    assert status == 0
    assert "2 snippets in 2 runs." in out
    assert out.index("does-it-run/slow.py | 77.7 | forky: 3.13 |") < out.rindex(f"| {EXAMPLE} |")
    assert "| trixie-3.14-2 | recorded &#x27;it ran&#x27;" in out and "it &#124; &lt;b&gt;" in out
    assert "old.py" not in out, "too old a suite is no failure"
    assert "-it ran\n+it &lt;ran&gt;\n" in out


def test_report(proven_small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = proven_small.root / "requirements.lock"
    lock.write_text((ROOT / "requirements.lock").read_text())
    commit(proven_small.root, "before")
    before = ci.locked(lock.read_text())["redis"]
    proven_small.change(lock, f"redis=={before}", "redis==9.0.0")
    folder = failed(proven_small)
    [file] = folder.rglob("*.json")
    old = Proof(**json.loads(file.read_text())["proof"])
    project = Project(proven_small.root)
    for published in ({EXAMPLE: old}, {}):
        monkeypatch.setattr(ci, "published", lambda address, found=published: found)
        text = ci.report(project, folder, "")
        assert "## redis/does-it-run\n" in text and "old.py" not in text
        assert f"| redis | {before} | 9.0.0 |" in text
        assert "-it ran\n+it | &lt;b&gt;" in text
        assert "make prove ONLY=redis/does-it-run`" in text
    assert f"| server:redis | {'–'} | 9.1 |" in text
    for file in folder.rglob("*.failed"):
        file.unlink()
    assert ci.report(project, folder, "") == ""


def test_what_is_published_may_not_be_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert ci.published("") == {}
    assert ci.published("https://127.0.0.1:9") == {}
    assert "https://127.0.0.1:9: " in capsys.readouterr().err


def test_annotation() -> None:
    problem = Problem("docs/a,b:c.md", 7, "100 %\nwrong", "mend it")
    assert ci.annotation(problem) == (
        "::error file=docs/a%2Cb%3Ac.md,line=7::100 %25%0Awrong; mend it"
    )
    at = ci.annotation(Problem("snippets/x.py", 3, "fails", "mend it"), "docs/x.md", 9)
    assert at == "::error file=docs/x.md,line=9::snippets/x.py:3: fails; mend it"


def test_a_failure_is_put_on_the_line_of_the_snippet_and_of_the_page(small: Small) -> None:
    small.snippet.write_text(small.snippet.read_text() + "1 / 0\n")
    status, out = small.run("prove", GITHUB_ACTIONS="true")
    assert status == 1
    assert f"::error file=snippets/{EXAMPLE},line=19::failed: ZeroDivisionError" in out
    assert "::error file=docs/redis/does-it-run.md,line=15::snippets/" in out
    status, out = small.run("prove", GITHUB_ACTIONS="")
    assert status == 1 and "::error" not in out


def test_what_is_found_without_a_run_is_put_on_its_line(small: Small) -> None:
    small.change(small.page, "level: middle", "level: guru")
    status, out = small.run("check", GITHUB_ACTIONS="true")
    assert status == 1
    assert "::error file=docs/redis/does-it-run.md,line=1::level is 'guru'; use one of" in out


GH = """\
#!/bin/sh
echo "$@" >> {log}
case "$1 $2" in "issue list") cat {number};; esac
"""


def test_one_issue_is_opened_and_then_updated(tmp_path: Path) -> None:
    log, number = tmp_path / "log", tmp_path / "number"
    (tmp_path / "gh").write_text(GH.format(log=log, number=number))
    (tmp_path / "gh").chmod(0o755)
    number.write_text("\n")
    text = tmp_path / "report.md"
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    def issue() -> list[str]:
        log.write_text("")
        command = ["make", "issue", f"FROM={text}"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return log.read_text().splitlines()

    assert issue() == [], "nothing was reported"
    text.write_text("x")
    assert issue()[-1].startswith("issue create --title The newest versions break an answer")
    number.write_text("17\n")
    assert issue()[-1] == f"issue edit 17 --body-file {text}"
    (tmp_path / "gh").write_text("#!/bin/sh\necho no rights >&2; exit 4\n")
    command = [sys.executable, "-I", "acked/issue.py", str(text)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "no rights" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("results", "good"),
    [
        ("success success", True),
        ("success failure", False),
        ("skipped success", False),
        ("cancelled", False),
        ("", False),
    ],
)
def test_verdict(results: str, good: bool) -> None:
    done = subprocess.run(["make", "verdict", f"RESULTS={results}"], cwd=ROOT, capture_output=True)
    assert (done.returncode == 0) == good


def test_what_a_verb_prints_for_a_file_is_nothing_else(tmp_path: Path) -> None:
    """`make seal >> "$GITHUB_OUTPUT"`: what the set-up says goes elsewhere."""
    makefile = (ROOT / "Makefile").read_text()
    (tmp_path / "Makefile").write_text(makefile)
    (tmp_path / "acked").mkdir()
    (tmp_path / "acked/bootstrap.py").write_text("print('installing ...')")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    python = tmp_path / ".venv/bin/python"
    python.write_text(
        f'#!/bin/sh\ncase "$*" in *acked.cli*) echo told;; *) exec {sys.executable} "$@";; esac\n'
    )
    python.chmod(0o755)
    for verb in ("seal", "summary"):
        done = subprocess.run(["make", verb], cwd=tmp_path, capture_output=True, text=True)
        assert (done.stdout, done.stderr) == ("told\n", "installing ...\n")


# The workflows. actionlint and zizmor (`make lint`) look for much more.

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
JOBS = [
    pytest.param(job, id=f"{file.stem}-{name}")
    for file in WORKFLOWS
    for name, job in yaml.safe_load(file.read_text())["jobs"].items()
]


@pytest.mark.parametrize("job", JOBS)
def test_each_step_is_a_verb_that_runs_here_too(job: dict[str, object]) -> None:
    verbs = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    for step in job.get("steps", []):  # type: ignore[attr-defined]
        if "run" in step:
            assert "${{" not in step["run"], "a value comes by the environment"
            make, verb, *_ = step["run"].split()
            assert make == "tar" or (make == "make" and f"make {verb}\t" in verbs)
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
    assert "timeout-minutes" in job or "uses" in job
    assert "permissions" in job
    if "write" in str(job["permissions"]):
        runs = [step["run"].split()[1] for step in job["steps"] if "run" in step]  # type: ignore[attr-defined]
        assert set(runs) <= {"issue", "--extract"}, "what has rights runs next to nothing"


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_gives_nothing_away(file: Path) -> None:
    text = file.read_text()
    assert "\npermissions: {}\n" in text
    for word in ("pull_request_target", "secrets.", "secrets:"):
        assert word not in text
    for line in text.splitlines():
        if "uses:" in line and "uses: $/" not in line:
            name, _, pin = line.partition("@")
            sha, mark, version = pin.partition(" # v")
            assert len(sha) == 40 and mark and version, name


def test_the_matrix_holds_what_the_site_is_built_from() -> None:
    job = yaml.safe_load((ROOT / ".github/workflows/proven.yml").read_text())["jobs"]["prove"]
    matrix = job["strategy"]["matrix"]
    assert suite.DEFAULT in matrix["suite"] and set(matrix["suite"]) < set(suite.NAMES)
    assert (ROOT / ".python-version").read_text().strip() in matrix["python"]
    assert job["env"]["SHARD"] == "${{ matrix.shard }}/" + str(len(matrix["shard"]))
    assert matrix["shard"] == list(range(1, len(matrix["shard"]) + 1))


def test_nobody_is_named() -> None:
    """Address, owner and repository are those of wherever it is hosted."""
    for file in (ROOT / ".github").rglob("*.*"):
        for line in file.read_text().splitlines():
            assert "github.com/" not in line and ".github.io" not in line, file
    owners = (ROOT / ".github/CODEOWNERS").read_text().splitlines()
    assert all(line.startswith("#") for line in owners)


def test_a_dead_server_has_the_last_word(small: Small) -> None:
    small.snippet.write_text(small.snippet.read_text() + "client.shutdown(nosave=True)\n")
    status, out = small.run("prove")
    assert status == 1
    tail = out.partition("  the end of the server's log:\n")[2]
    assert "bye bye" in tail.partition("  to repeat it: make prove ONLY=redis/does-it-run\n")[0]
