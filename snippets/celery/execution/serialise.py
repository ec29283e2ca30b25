# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis"]
# worker = "--concurrency=1"
# timeout = 150
# ///
"""What arrives when Python goes through JSON, there and back?"""

import datetime
import decimal
import enum
import os
import uuid

from celery import Celery
from kombu.exceptions import EncodeError

app = Celery("serialise", broker=os.environ["REDIS_URL"])


class Order:
    """As an object, a model instance, a file: no JSON type."""


class Color(enum.Enum):
    RED = "red"


# --8<-- [start:tasks]
@app.task
def arrives(value):
    return f"{value!r}"


@app.task
def comes_back(value):
    return value


@app.task
def returns_a_set():
    return {1}
# --8<-- [end:tasks]


VALUES = {
    "tuple": (1, 2),
    "dict with a number as key": {1: "a"},
    "float": 0.1,
    "datetime": datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.UTC),
    "date": datetime.date(2026, 1, 2),
    "timedelta": datetime.timedelta(days=1),
    "Decimal": decimal.Decimal("0.10"),
    "UUID": uuid.UUID(int=1),
    "bytes": b"\xff\x00",
    "Enum": Color.RED,
    "set": {1},
    "an object": Order(),
}


def main():
    print("| argument | in the task | as its result | the same? |")
    print("|---|---|---|---|")
    for name, value in VALUES.items():
        # --8<-- [start:send]
        try:
            there = arrives.delay(value).get(timeout=30)
            back = comes_back.delay(value).get(timeout=30)
        except EncodeError as error:
            # --8<-- [end:send]
            reason = type(error.__cause__ or error).__name__
            print(f"| {name} | not sent: `{type(error).__name__}` | - | - |")
            assert "JSON serializable" in str(error), (reason, error)
            continue
        same = "yes" if back == value and type(back) is type(value) else "no"
        print(f"| {name} | `{there}` | `{back!r}` | {same} |")
    result = returns_a_set.delay()
    result.get(timeout=30, propagate=False)
    kind = type(result.result).__name__
    print(f"| *a task returns a set* | - | `{result.state}`: `{kind}` | no |")


if __name__ == "__main__":
    main()
