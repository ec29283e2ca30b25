# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 90
# ///
"""A message in pickle, to a worker that accepts JSON only, and to one that
accepts pickle too. Unpickling it runs `touch` on a file of ours.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from celery import Celery

from acked.lab import table
from acked.services import Worker

app = Celery("pickled")
app.conf.update(json.loads(os.environ.get("SETTINGS", "{}")))


@app.task
def add(x, y=0):
    return x + y


# --8<-- [start:payload]
class Payload:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):  # what unpickling calls: any function
        return os.system, (f"touch {self.marker}",)
# --8<-- [end:payload]


# --8<-- [start:attack]
def attack(accept, folder):
    marker = Path(folder, "-".join(accept))
    with Celery("attacker") as attacker:
        attacker.send_task(
            "pickled.add",
            [Payload(marker)],
            serializer="pickle",
            queue=marker.name,
        )
    settings = {"accept_content": accept, "result_accept_content": ["json"]}
    env = {"SETTINGS": json.dumps(settings), "C_FORCE_ROOT": "1"}
    with Worker(__file__, f"-c 1 -Q {marker.name}", env) as worker:
        add.apply_async([4, 4], queue=marker.name).get(timeout=30)
        refused = "Refusing to deserialize" in worker.log()
    return marker.exists(), refused
# --8<-- [end:attack]


# --8<-- [start:root]
def start_as_root():
    """As uid 0 of a user namespace, whoever runs this."""
    sandbox = "bwrap --dev-bind / / --unshare-user --uid 0 --gid 0"
    settings = {"accept_content": ["json", "pickle"]}
    return subprocess.run(
        [*sandbox.split(), sys.executable, "-m", "celery", "-A", "pickled"]
        + ["worker", "-c", "1"],
        cwd=Path(__file__).parent,
        env={**os.environ, "SETTINGS": json.dumps(settings)},
        capture_output=True,
        text=True,
    )
# --8<-- [end:root]


def main():
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for accept in (["json"], ["json", "pickle"]):
            ran, refused = attack(accept, folder)
            rows.append(
                (
                    f"`{accept}`",
                    "refused" if refused else "accepted",
                    "yes" if ran else "no",
                )
            )
    ended = start_as_root()
    assert "you have to set the C_FORCE_ROOT" in ended.stderr
    stays = f"worker does not start: exit {ended.returncode}"
    rows.append(("the same, as root without `C_FORCE_ROOT`", stays, "no"))
    head = ("`accept_content`", "the message", "its command ran in the worker")
    table(head, *rows)


if __name__ == "__main__":
    main()
