"""What a run takes up, and in which order."""

from __future__ import annotations

from conftest import Small

from acked import suite
from acked.project import Project
from acked.proof import Proof
from acked.prove import longest_first


def test_the_longest_first_as_the_last_run_took(small: Small) -> None:
    project = Project(small.root)
    text = small.snippet.read_text()
    for name, seconds in {"short": 2.0, "long": 50.0, "new": None}.items():
        (small.folder / f"{name}.py").write_text(text)
        if seconds:
            proof = Proof(
                snippet=f"redis/does-it-run/{name}.py",
                suite=suite.current(),
                ran_at="2026-01-01T00:00:00+00:00",
                seconds=seconds,
                inputs={},
                versions={},
                packages={},
                lines={},
                output="",
            )
            project.store.save(proof)
    small.snippet.unlink()
    snippets, _ = project.snippets()
    [timeout] = {snippet.header.timeout for snippet in snippets}
    assert 2 < timeout < 50, "what never ran is taken to need all that it may"
    assert [s.file.stem for s in longest_first(project, snippets)] == ["long", "new", "short"]
