"""A proof: the record that this text of a snippet ran and passed.

Proofs live in `.proofs/<suite>/<snippet>.json`, each sealed with a key that
only this user's machine has: a proof that was edited, or brought from
elsewhere, is refused. A proof is valid as long as every file that took part
and every version is still the same. Imports nothing of the rest but the words.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from acked.snippet import Problem, Refused, sha256

FORMAT = 2


@dataclass(frozen=True)
class Failure:
    """What is kept of a run that proved nothing."""

    inputs: dict[str, str]
    words: str
    """What is wrong, in one line."""
    path: str = ""
    line: int = 1
    output: str = ""
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    snippet: str
    """Its path below `snippets/`."""
    suite: str
    ran_at: str
    """UTC, ISO 8601, to the second."""
    seconds: float
    """Wall-clock time of the run."""
    inputs: dict[str, str]
    """Path from the project's root -> sha256, of all files that took part."""
    versions: dict[str, str]
    """What its header names: packages, servers and Python -> version."""
    packages: dict[str, str]
    """All packages of which something ran -> version."""
    lines: dict[str, list[int]]
    """Path from the project's root -> the lines that ran, in any process."""
    output: str
    """What it printed, volatile parts as they were."""
    processes: int = 0
    """How many processes testified."""
    format: int = field(default=FORMAT)

    @property
    def digest(self) -> str:
        """Of the snippet's own text."""
        return self.inputs[f"snippets/{self.snippet}"]


def seal_key(folder: Path) -> bytes:
    """This user's key, made on first use; raises `OSError`."""
    file = folder / "seal"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".seal-{os.getpid()}-{secrets.token_hex(4)}"
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(32))
        try:
            os.link(part, file)  # unlike a rename, never replaces another's key
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return file.read_bytes()


def take_seal(folder: Path, key: str) -> None:
    """Make this user's key the given one, in hexadecimal. Raises `ValueError`, `OSError`."""
    if len(data := bytes.fromhex(key)) != 32:
        raise ValueError(key)
    folder.mkdir(parents=True, exist_ok=True)
    flags = os.O_CREAT | os.O_WRONLY | os.O_TRUNC
    with os.fdopen(os.open(folder / "seal", flags, 0o600), "wb") as stream:
        stream.write(data)


class Store:
    """The proofs of one checkout."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self.key = key

    def file(self, suite: str, snippet: str) -> Path:
        return self.folder / suite / f"{snippet}.json"

    def load(self, suite: str, snippet: str) -> Proof | None:
        """The stored proof, or None. Raises `Refused` when it cannot be trusted."""
        file = self.file(suite, snippet)
        shown_as = f"{self.folder.name}/{suite}/{snippet}.json"
        mend = f"remove it, then make prove ONLY={snippet.rpartition('/')[0]}"
        try:
            sealed = json.loads(file.read_bytes())
            body, seal = sealed["proof"], sealed["seal"]
            if body.get("format") != FORMAT:
                return None
            proof = Proof(**body)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise Refused(Problem(shown_as, 1, "the proof is corrupt", mend)) from None
        if not hmac.compare_digest(str(seal), self._seal(body)):
            raise Refused(Problem(shown_as, 1, "the proof was not made on this machine", mend))
        if (proof.suite, proof.snippet) != (suite, snippet):
            raise Refused(
                Problem(shown_as, 1, f"is the proof of {proof.snippet} on {proof.suite}", mend)
            )
        return proof

    def save(self, proof: Proof) -> None:
        """Write it whole or not at all. Raises `Refused` when the disk says no."""
        body = asdict(proof)
        text = json.dumps({"proof": body, "seal": self._seal(body)}, indent=1)
        file = self.file(proof.suite, proof.snippet)
        try:
            write_whole(file, text)
            self.failure_file(proof.suite, proof.snippet).unlink(missing_ok=True)
        except OSError as error:
            shown_as = f"{self.folder.name}/{proof.suite}/{proof.snippet}.json"
            raise Refused(
                Problem(
                    shown_as,
                    1,
                    f"cannot be written: {error.strerror}",
                    "free some space, then run again",
                )
            ) from None

    def seconds(self, suite: str, snippet: str) -> float | None:
        """How long it took when it was last proven, be that proof stale."""
        try:
            proof = self.load(suite, snippet)
        except Refused:
            return None
        return proof.seconds if proof else None

    # A failure is remembered, so that nothing runs again until it changed.

    def failure_file(self, suite: str, snippet: str) -> Path:
        return self.file(suite, snippet).with_suffix(".failed")

    def save_failure(self, suite: str, snippet: str, failure: Failure) -> None:
        self.file(suite, snippet).unlink(missing_ok=True)
        write_whole(self.failure_file(suite, snippet), json.dumps(asdict(failure), indent=1))

    def failure(self, suite: str, snippet: str, root: Path) -> str | None:
        """Why it failed, if nothing that it depends on has changed since."""
        try:
            failure = Failure(**json.loads(self.failure_file(suite, snippet).read_bytes()))
            return failure.words if digests(root, failure.inputs) == failure.inputs else None
        except (OSError, ValueError, TypeError):
            return None

    def _seal(self, body: dict[str, object]) -> str:
        text = json.dumps(body, sort_keys=True)
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()


def write_whole(file: Path, text: str) -> None:
    """Write a file so that no reader ever sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        part.write_text(text)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def digests(root: Path, paths: object) -> dict[str, str]:
    """Path from the root -> sha256; of a missing file: `missing`."""
    found = {}
    for path in sorted(paths):  # type: ignore[call-overload]
        file = root / path
        found[path] = sha256(file.read_bytes()) if file.is_file() else "missing"
    return found


def stale(proof: Proof, root: Path, versions: dict[str, str]) -> str | None:
    """Why the proof no longer holds, or None. `versions`: those of today."""
    for path, digest in digests(root, proof.inputs).items():
        if digest != proof.inputs[path]:
            return f"{path} changed after it was proven"
    for name, version in (proof.versions | proof.packages).items():
        if versions.get(name) != version:
            return f"it was proven with {name} {version}, here is {versions.get(name, 'none')}"
    return None
