# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis"]
# environments = ["celery-5-6"]
# timeout = 120
# ///
"""Asking for what is not there: an unknown id, and no result backend."""

import os
import subprocess
import sys
import threading
import uuid

from celery import Celery

from acked import environments
from acked.lab import table

app = Celery("waiting")

# --8<-- [start:questions]
QUESTIONS = {
    ".state": lambda result: result.state,
    ".result": lambda result: result.result,
    ".ready()": lambda result: result.ready(),
    ".exists()": lambda result: result.exists(),
    ".get(timeout=1)": lambda result: result.get(timeout=1),
}
# --8<-- [end:questions]


def answers(result):
    """Each answer, or the exception that comes instead."""
    for ask in QUESTIONS.values():
        try:
            yield f"`{ask(result)}`"
        except Exception as error:
            reason = str(error).splitlines()[0]
            yield f"{type(error).__name__}: {reason}"


def in_a_process(backend, **packages):
    env = {**os.environ, **packages}
    env.pop("CELERY_RESULT_BACKEND")
    if backend:
        env["CELERY_RESULT_BACKEND"] = os.environ["CELERY_RESULT_BACKEND"]
    command = [sys.executable, __file__, "answer"]
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


# --8<-- [start:for_ever]
def still_waits():
    """Whether get() without a timeout is still there after three seconds."""
    result = app.AsyncResult(str(uuid.uuid4()))
    caller = threading.Thread(target=result.get, daemon=True)
    caller.start()
    caller.join(timeout=3)
    return caller.is_alive()
# --8<-- [end:for_ever]


def main():
    old = environments.variables("celery-5-6")
    columns = in_a_process(True), in_a_process(True, **old), in_a_process(False)
    head = "an id nobody sent", "Celery 5.7", "Celery 5.6", "no result backend"
    names = [f"`{name}`" for name in QUESTIONS]
    rows = zip(names, *columns, strict=True)
    last = "`.get()` after 3 s", f"still waits: {still_waits()}", "", ""
    table(head, *rows, last)


if __name__ == "__main__":
    if sys.argv[1:]:
        print(*answers(app.AsyncResult(str(uuid.uuid4()))), sep="\n")
    else:
        main()
