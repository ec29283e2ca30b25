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
def ask():
    try:
        return app.AsyncResult("never-sent").exists()
    except AttributeError as error:
        return type(error).__name__
# --8<-- [end:exists]


def in_environment(name):
    return environments.run(name, __file__, "ask").split()


def minor():
    return celery.__version__.rpartition(".")[0]


def main():
    rows = [["Celery", "`exists()` of an id that was never sent"]]
    answers = [in_environment(name) for name in ("celery-5-4", "celery-5-6")]
    for version, answer in [*answers, (minor(), ask())]:
        rows.append([version, f"`{answer}`"])
    table(*rows)


if __name__ == "__main__":
    if sys.argv[1:] == ["ask"]:
        print(minor(), ask())
    else:
        main()
