"""The set-up: what it makes is whole, made once, and a lack ends in one line."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from acked import bootstrap, environments, suite

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

# A stand-in for mmdebstrap: its last argument is the folder to fill.
UNPACKER = """\
#!/bin/sh
for target; do :; done
echo start >> {log}
mkdir -p "$target/usr"
{rest}
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a cache"))
    return tmp_path / "a cache/acked"


def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **programs: str) -> Path:
    """Programs of our own in front of PATH; the file they may write a log to."""
    log = tmp_path / "log"
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in programs.items():
        (folder / name).write_text(text.replace("{log}", str(log)))
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return log


def unpacker(rest: str) -> str:
    return UNPACKER.replace("{rest}", rest)


def fill(place: Path) -> None:
    suite.fill(place, "trixie", "dash", lambda part: (part / "done").touch())


# The lock.


def test_lock_holds_what_the_project_names() -> None:
    wanted = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    for requirement in wanted:
        assert_locked(requirement, LOCK)


def assert_locked(wanted: str, lock: str) -> None:
    requirement = Requirement(wanted)
    name = canonicalize_name(requirement.name)
    found = re.search(rf"^{re.escape(name)}(\[.*\])?==([^ ;]+)", lock, re.MULTILINE)
    assert found, f"{name} is not in the lock; make lock"
    assert requirement.specifier.contains(found[2], prereleases=True), f"{found[0]}; make lock"


def test_lock_names_no_host_and_hashes_all() -> None:
    assert "://" not in LOCK
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) > 50
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_of_lighthouse() -> None:
    lock = json.loads((ROOT / "locks/lighthouse/package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert "node_modules/lighthouse" in packages
    for name, entry in packages.items():
        assert "resolved" not in entry and entry["integrity"].startswith("sha512-"), name


def test_the_locks_of_other_versions() -> None:
    for name in environments.names():
        lock = (environments.LOCKS / f"{name}.lock").read_text()
        assert "://" not in lock and "--hash=sha256:" in lock
        for line in (environments.LOCKS / f"{name}.in").read_text().splitlines():
            assert_locked(line, lock)


def test_another_version_goes_before_ours() -> None:
    code = "import django; print(django.__version__)"
    variables = {**os.environ, **environments.variables("django-5-2")}
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == environments.versions()["django-5-2/django"]
    with pytest.raises(suite.SuiteError, match="no environment 'django-1'; use one of "):
        environments.variables("django-1")


def test_recipe_knows_what_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "LOCK", tmp_path / "requirements.lock")
    before = bootstrap.recipe()
    project = (tmp_path / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(f"{project}\n[tool.other]\nline-length = 1\n")
    assert bootstrap.recipe() == before
    (tmp_path / "pyproject.toml").write_text(project.replace("acked.collector", "acked.other"))
    assert bootstrap.recipe() != before
    (tmp_path / "pyproject.toml").write_text(project)
    with (tmp_path / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert bootstrap.recipe() != before


# The commands.


@pytest.mark.parametrize("name", ["bootstrap.py", "environments.py", "suite.py", "__init__.py"])
def test_what_an_old_python_runs_is_in_its_grammar(name: str) -> None:
    text = (ROOT / "acked" / name).read_text()
    ast.parse(text, feature_version=(3, 9))
    if name != "__init__.py":
        assert "from __future__ import annotations" in text
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or node.names[0].name
            assert module == "acked" or module.split(".")[0] in sys.stdlib_module_names


def test_ci_does_what_make_test_does() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert lines[-1] == "exec make test"
    assert all(line.startswith(("#!", "set ", "cd ")) for line in lines[:-1])


def test_help_names_every_verb() -> None:
    makefile = (ROOT / "Makefile").read_text()
    verbs = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True).stdout
    assert re.findall(r"^ +make ([a-z]+)\t", said, re.MULTILINE) == verbs
    [phony] = re.findall(r"^\.PHONY: (.*)", makefile, re.MULTILINE)
    assert sorted(phony.split()) == sorted(verbs)


def test_a_second_start_has_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    if not bootstrap.is_ready("prove"):
        pytest.fail("this checkout is not set up; make setup")
    for work in (
        "bring_programs",
        "bring_packages",
        "bring_environments",
        "bring_servers",
        "bring_extra",
    ):
        monkeypatch.delattr(bootstrap, work)
    assert bootstrap.main("prove") == 0
    done = subprocess.run(["make", "setup"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_broken_python3_in_front(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What pyenv's python3 does where .python-version names one that is not there.
    fake(tmp_path, monkeypatch, python3="#!/bin/sh\necho not installed >&2; exit 127\n")
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "acked").mkdir()
    (tmp_path / "acked/bootstrap.py").write_text("import sys; print(sys.executable)")
    done = subprocess.run(["make", "setup"], cwd=tmp_path, capture_output=True, text=True)
    if os.access("/usr/bin/python3", os.X_OK):
        assert (done.stdout, done.stderr) == ("/usr/bin/python3\n", "")
    else:
        assert "python3 is missing; apt-get install python3" in done.stderr


def test_unknown_suite() -> None:
    done = subprocess.run(
        ["make", "setup", "SUITE=sarge"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode
    assert "unknown suite 'sarge'; use one of forky, trixie, bookworm\n" in done.stderr
    assert "Traceback" not in done.stderr


# Programs that are missing.


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """A Linux machine with none of the programs we need."""
    monkeypatch.setattr(bootstrap, "TOOLS", tmp_path)
    monkeypatch.setattr(bootstrap, "packages_are_there", lambda: True)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    monkeypatch.setattr(bootstrap, "has_library", lambda name: True)


def test_no_apt(bare: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert bootstrap.main("prove") == 1
    assert capsys.readouterr().err == (
        "bwrap, mmdebstrap, chromium are missing, and apt-get too; "
        "install bubblewrap mmdebstrap debian-archive-keyring chromium, or use Debian\n"
    )


def test_no_root(
    bare: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    programs = {"apt-get": "/usr/bin/apt-get", "bwrap": "/usr/bin/bwrap"}
    monkeypatch.setattr(shutil, "which", lambda name, path=None: programs.get(name))
    assert bootstrap.main("test") == 1
    assert capsys.readouterr().err == (
        "mmdebstrap, chromium are missing; "
        "as root: apt-get install mmdebstrap debian-archive-keyring chromium\n"
    )


def test_apt_get_fails(
    bare: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    programs = {"apt-get": "/usr/bin/apt-get", "mmdebstrap": "/usr/bin/mmdebstrap"}
    monkeypatch.setattr(shutil, "which", lambda name, path=None: programs.get(name))
    calls = []

    def fail(command: list[str], patience: float = 0) -> None:
        calls.append(command)
        raise bootstrap.Stopped("env failed: E: Unable to fetch; check the network, then run again")

    monkeypatch.setattr(bootstrap, "call", fail)
    assert bootstrap.main("prove") == 1
    assert calls[-1][-2:] == ["bubblewrap", "chromium"]
    said = capsys.readouterr()
    assert said.out == "installing bubblewrap, chromium with apt-get ...\n"
    assert said.err == "env failed: E: Unable to fetch; check the network, then run again\n"


def test_debians_keys_are_missing(bare: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ubuntu's mmdebstrap comes without them."""
    there = {name: f"/usr/bin/{name}" for name in ("bwrap", "mmdebstrap", "chromium")}
    monkeypatch.setattr(suite, "find_program", there.get)
    assert bootstrap.missing_programs("prove") == []
    monkeypatch.setattr(suite, "keyring", lambda: "")
    assert bootstrap.missing_programs("prove") == ["debian-archive-keyring"]


@pytest.mark.parametrize("debian", [True, False])
def test_another_systems_apt_is_given_debians_keys(
    debian: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    log = fake(tmp_path, monkeypatch, mmdebstrap=unpacker("").replace("start", '"$@"'))
    monkeypatch.setattr(suite, "is_debian", lambda: debian)
    monkeypatch.setattr(suite, "keyring", lambda: "/keys")
    fill(cache / "some")
    assert ("--keyring=/keys" in log.read_text()) == (not debian)


# Ubuntu keeps namespaces from bubblewrap.


@pytest.fixture
def ubuntu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of what sudo was asked for; what it does, it does in a folder of ours."""
    restriction = tmp_path / "restriction"
    restriction.write_text("1\n")
    monkeypatch.setattr(bootstrap, "RESTRICTION", restriction)
    monkeypatch.setattr(bootstrap, "PROFILE", tmp_path / "profile")
    monkeypatch.setattr(bootstrap, "TOOLS", tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    run = '#!/bin/sh\necho "sudo $*" >> {log}\n[ "$2" = install ] || exit 0\nshift; exec "$@"\n'
    return fake(tmp_path, monkeypatch, sudo=run)


def test_bubblewrap_gets_a_profile_once(ubuntu: Path) -> None:
    assert bootstrap.lacks_namespaces("prove") and not bootstrap.lacks_namespaces("lint")
    bootstrap.allow_namespaces("prove")
    asked = [line.split()[2] for line in ubuntu.read_text().splitlines()]
    assert asked == ["true", "install", "apparmor_parser"]
    assert bootstrap.PROFILE.read_text() == bootstrap.PROFILE_TEXT
    assert not bootstrap.lacks_namespaces("prove")
    bootstrap.allow_namespaces("prove")
    assert len(ubuntu.read_text().splitlines()) == len(asked)


def test_no_profile_where_nothing_is_kept_from_it(ubuntu: Path, tmp_path: Path) -> None:
    (tmp_path / "restriction").write_text("0\n")
    assert not bootstrap.lacks_namespaces("prove")
    (tmp_path / "restriction").unlink()
    assert not bootstrap.lacks_namespaces("prove")


def test_no_sudo_for_the_profile(ubuntu: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "may_sudo", lambda prompt: False)
    with pytest.raises(bootstrap.Stopped, match="AppArmor keeps namespaces from bubblewrap; sudo"):
        bootstrap.allow_namespaces("prove")


def test_mac_names_what_brew_has(
    bare: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert bootstrap.main("test") == 1
    assert capsys.readouterr().err.endswith(
        "haproxy memcached pgbouncer postgresql@18 rabbitmq redis --cask google-chrome\n"
    )


@pytest.mark.parametrize("verb", bootstrap.LOOKING)
def test_who_only_looks_needs_no_server(bare: None, verb: str) -> None:
    assert bootstrap.missing_programs(verb) == []
    assert bootstrap.is_ready(verb)


def test_another_python(monkeypatch: pytest.MonkeyPatch) -> None:
    name = environments.names()[0]
    before = environments.folder(name)
    assert environments.python() == (ROOT / ".python-version").read_text().strip()
    monkeypatch.setenv("ACKED_PYTHON", "3.12")
    assert environments.python() == "3.12"
    assert environments.folder(name) != before


def test_call_gives_the_reason(tmp_path: Path) -> None:
    with pytest.raises(bootstrap.Stopped, match=r"^sh failed: E: no room; check the network"):
        bootstrap.call(["sh", "-c", "echo noise; echo 'E: no room'; exit 3"])


# What is unpacked is whole, or is not there.


def test_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    log = fake(tmp_path, monkeypatch, mmdebstrap=unpacker("sleep 0.3"))
    with ThreadPoolExecutor(2) as both:  # as two checkouts would
        list(both.map(fill, [cache / "some"] * 2))
    fill(cache / "some")
    assert log.read_text() == "start\n"
    assert sorted(file.name for file in (cache / "some").iterdir()) == ["done", "usr"]
    assert not (cache / ".some").exists()


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("echo 'I: hm' >&2; echo 'E: no such mirror' >&2; exit 25", "no such mirror"),
        ("kill -9 $$", "mmdebstrap ended with status -9"),
    ],
)
def test_half_unpacked(
    rest: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    fake(tmp_path, monkeypatch, mmdebstrap=unpacker(rest))
    with pytest.raises(suite.SuiteError) as error:
        fill(cache / "some")
    assert str(error.value) == (
        f"cannot unpack trixie: {reason}; check the network and the disk, then run again"
    )
    assert [file.name for file in cache.iterdir()] == [".some.lock"]


def test_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    late = tmp_path / "late"
    log = fake(tmp_path, monkeypatch, mmdebstrap=unpacker(f"sleep 2 && touch {late}"))
    code = (
        "from pathlib import Path; from acked import suite;"
        f"suite.fill(Path({str(cache / 'some')!r}), 'trixie', 'dash', print)"
    )
    run = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE)
    while not log.exists():
        time.sleep(0.01)
    time.sleep(0.3)
    run.send_signal(signal.SIGINT)
    run.communicate()
    assert [file.name for file in cache.iterdir()] == [".some.lock"]
    time.sleep(2)
    assert not late.exists(), "the unpacker went on after we had ended"


def test_left_over_by_a_killed_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    fake(tmp_path, monkeypatch, mmdebstrap=unpacker(":"))
    (cache / ".some/stale").mkdir(parents=True)
    fill(cache / "some")
    assert sorted(file.name for file in (cache / "some").iterdir()) == ["done", "usr"]


@pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is Linux's")
def test_a_server_that_cannot_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    refusal = "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2; exit 1\n"
    files = 'mkdir -p "$target/etc" "$target/usr/lib/rabbitmq/lib/rabbitmq_server-4.3.6"'
    fake(tmp_path, monkeypatch, mmdebstrap=unpacker(files), bwrap=refusal)
    with pytest.raises(suite.SuiteError, match="No permissions to create new namespace; allow"):
        suite.unpack("trixie")
    assert [file.name for file in cache.iterdir()] == [f".trixie-{suite.EDITION}.lock"]
