# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis"]
# environments = ["celery-5-4", "celery-5-6"]
# timeout = 150
# ///
"""The same question to Celery 5.4, 5.6 and 5.7."""

import os
import sys

import celery
from celery import Celery

from acked import environments
from acked.lab import table

app = Celery("versions", backend=os.environ["CELERY_RESULT_BACKEND"])


# --8<-- [start:exists]
def ask(task_id):
    try:
        return app.AsyncResult(task_id).exists()
    except AttributeError as error:
        return type(error).__name__
# --8<-- [end:exists]


def answers():
    app.backend.store_result("done", 5, "SUCCESS")
    version = celery.__version__.rpartition(".")[0]
    return [version, f"`{ask('never-sent')}`", f"`{ask('done')}`"]


def main():
    rows = [["Celery", "`exists()`: id never sent", "result stored"]]
    for name in "celery-5-4", "celery-5-6":
        rows.append(environments.run(name, __file__, "ask").split())
    table(*rows, answers())


if __name__ == "__main__":
    if sys.argv[1:] == ["ask"]:
        print(*answers())
    else:
        main()
