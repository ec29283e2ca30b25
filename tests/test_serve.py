"""`make serve`: the site at once, the proofs meanwhile, edits proven again."""

from __future__ import annotations

import re
import signal
import urllib.error
import urllib.request

import pytest
from conftest import Small
from test_bad_runs import run_of

from acked.services import free_port, wait_until


def fetch(address: str) -> str:
    try:
        with urllib.request.urlopen(f"http://{address}/redis/does-it-run/", timeout=5) as reply:
            return str(reply.read().decode())
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return ""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_serve(small: Small, number: signal.Signals) -> None:
    address = f"127.0.0.1:{free_port()}"
    # Not proven until it is edited, so that the banner can be seen.
    small.change(small.snippet, "client.set", "import time\ntime.sleep(600)\nclient.set")
    small.change(small.snippet, "# ///\nimport", "# timeout = 600\n# ///\nimport")
    temporary = small.root.parent / "tmp"
    temporary.mkdir()
    server = small.start("serve", ACKED_ADDRESS=address, TMPDIR=str(temporary))
    try:
        page = wait_until(lambda: fetch(address), 30, "the first page")
        assert "evidence unproven" in page
        assert "✓ ran with" not in page
        wait_until(lambda: run_of(small, "example.py"), 30, "the run that takes long")
        small.change(small.snippet, "time.sleep(600)", "time.sleep(0)")
        wait_until(lambda: "✓ ran with" in fetch(address), 60, "the proof on the page")
        small.change(small.snippet, "time.sleep(0)", "print(undefined)")
        failed = wait_until(
            lambda: re.search(r"did not pass: failed: NameError.*?<", fetch(address)),
            60,
            "the failure on the page",
        )
        assert "undefined" in failed[0]
        small.change(small.page, "```python", "```cobol")
        wait_until(lambda: "Not publishable" in fetch(address), 60, "the banner")
    finally:
        server.send_signal(number)
        server.communicate(timeout=30)
    wait_until(lambda: not run_of(small, ""), 10, "the end of all that it started")
    assert not list(temporary.iterdir())


def test_an_edit_comes_before_the_rest(small: Small) -> None:
    text = small.snippet.read_text().replace("# ///\nimport", "# timeout = 600\n# ///\nimport", 1)
    for n in range(6):  # more than run at the same time
        (small.folder / f"long{n}.py").write_text(text + "import time\ntime.sleep(600)\n")
    address = f"127.0.0.1:{free_port()}"
    server = small.start("serve", ACKED_ADDRESS=address)
    try:
        wait_until(lambda: run_of(small, "long"), 60, "a run that takes long")
        small.change(small.snippet, "client.set", "# edited\nclient.set")
        wait_until(lambda: small.proof.exists(), 60, "the proof of the edited one")
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)


def test_what_is_proven_before_the_first_page_is_shown(small: Small) -> None:
    """MkDocs looks for changes only when its first build is done."""
    (small.root / "slow.py").write_text("import time\ndef on_post_build(config): time.sleep(6)\n")
    with (small.root / "mkdocs.yml").open("a") as config:
        config.write("hooks: [slow.py]\n")
    small.change(small.snippet, "client.set", "import time\ntime.sleep(2)\nclient.set")
    address = f"127.0.0.1:{free_port()}"
    server = small.start("serve", ACKED_ADDRESS=address)
    try:
        wait_until(lambda: "✓ ran with" in fetch(address), 60, "the proof on the page")
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)
