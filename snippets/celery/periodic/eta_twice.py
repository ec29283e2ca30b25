# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 200
# ///
"""On Redis: an ETA beyond the visibility timeout; a revoke and a restart."""

import os
import tempfile

from celery import Celery

from acked.lab import note, record, runs, table
from acked.services import Worker, wait_until

app = Celery("eta_twice")
TIMEOUT = int(os.environ.get("VISIBILITY_TIMEOUT", 3600))


# --8<-- [start:settings]
app.conf.broker_transport_options = {
    "visibility_timeout": TIMEOUT,  # by default 3600 s
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}


@app.task
def remind(key):
    note(key)
# --8<-- [end:settings]


def worker(visibility_timeout, options=""):
    env = {**os.environ, "VISIBILITY_TIMEOUT": str(visibility_timeout)}
    return Worker(__file__, f"--concurrency=1 {options}", env)


def main():
    rows = []
    # --8<-- [start:twice]
    with worker(visibility_timeout=2) as short:
        remind.apply_async(["short"], countdown=6)
        wait_until(lambda: runs("short") > 1, 60)
        short.kill()
    # --8<-- [end:twice]
    rows.append(["ETA in 6 s, timeout 2 s", "2 or more"])
    record.delete("celery", "unacked", "unacked_index")

    for state_file, label in (
        ("", "revoked, worker restarted"),
        (f"--statedb={tempfile.mkdtemp()}/revoked", "the same, `--statedb`"),
    ):
        # --8<-- [start:revoke]
        with worker(3600, state_file) as first:
            result = remind.apply_async([label], countdown=8)
            wait_until(lambda: record.hlen("unacked") == 1)
            wait_until(lambda r=result: app.control.revoke(r.id, reply=True))
            first.shut_down("warm")
        with worker(3600, state_file):
            later = remind.apply_async(["later"], countdown=9)
            later.get(timeout=60)  # due after the revoked one
        # --8<-- [end:revoke]
        state = app.AsyncResult(result.id).state
        rows.append([f"{label}: `{state}`", runs(label)])
    table(["one message sent", "runs"], *rows)


if __name__ == "__main__":
    main()
