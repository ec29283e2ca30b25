"""One Celery app with any result backend, and clients of it.

`python probe.py send|store|read '{backend: settings}'` prints JSON.
"""

import json
import os
import sys

from celery import Celery, chord

QUESTIONS = {}


def make(settings):
    app = Celery("probe")
    app.conf.update(settings)

    @app.task(name="add")
    def add(x, y):
        return x + y

    @app.task(name="total")
    def total(numbers):
        return sum(numbers)

    return app


app = make(json.loads(os.environ.get("SETTINGS", "{}")))  # the worker's


def question(function):
    QUESTIONS[function.__name__] = function
    return function


# --8<-- [start:questions]
@question
def send(app):
    """The sender waits for its result, then tries a chord."""
    add, total = app.tasks["add"], app.tasks["total"]
    result = add.delay(2, 2)
    read = result.get(timeout=60) == 4
    try:
        answer = chord([add.s(1, 1), add.s(2, 2)])(total.s())
        chords = answer.get(timeout=60) == 6
    except NotImplementedError:
        chords = False
    return {"id": result.id, "read": read, "chord": chords}


@question
def store(app):
    """A result that is to live for one second."""
    app.conf.result_expires = 1
    app.backend.store_result("brief", 4, "SUCCESS")


@question
def read(app):
    """In another process: what is known of these ids?"""
    return {name: app.AsyncResult(name).state for name in app.conf.ids}
# --8<-- [end:questions]


def main():
    asked, backends = QUESTIONS[sys.argv[1]], json.loads(sys.argv[2])
    answers = {}
    for name, settings in backends.items():
        with make(settings) as app:
            answers[name] = asked(app)
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
