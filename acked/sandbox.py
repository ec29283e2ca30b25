"""A throwaway place to run in: nothing in it outlives it, nothing leaves it.

On Linux bubblewrap gives each run a PID namespace that the kernel empties when
the run ends or its parent dies, however it dies; the machine's files read-only;
and a /tmp in memory. Elsewhere the command runs as it is.
"""

from __future__ import annotations

import ctypes
import shutil
import signal
import sys
from pathlib import Path

from acked import suite

INSIDE = "ACKED_SANDBOX"


def wrap(argv: list[str], root: Path, may_read_seal: bool = False) -> list[str]:
    """The command that runs `argv` in a sandbox, with the checkout readable.

    The seal of the proofs is hidden there, but for a reader of proofs.
    """
    if sys.platform != "linux":
        return argv
    if not shutil.which("bwrap"):
        raise suite.SuiteError("bwrap is missing; apt-get install bubblewrap")
    wrapped = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    wrapped += ["--tmpfs", "/tmp"]
    machinery = Path(__file__).parent.parent
    for needed in (root, machinery, suite.cache(), Path(sys.prefix), Path(sys.base_prefix)):
        # Any of them may lie below /tmp.
        wrapped += ["--ro-bind", str(needed), str(needed)]
    if (suite.cache() / "seal").exists() and not may_read_seal:
        wrapped += ["--ro-bind", "/dev/null", str(suite.cache() / "seal")]
    wrapped += ["--dir", "/tmp/work", "--chdir", "/tmp/work", "--unshare-pid", "--die-with-parent"]
    return [*wrapped, "--setenv", INSIDE, "1", "--", *argv]


def die_with_parent() -> None:
    """For `preexec_fn`: the kernel kills this process when its parent is gone."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
