# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""How large the messages of a chain and of a chord are. No worker runs."""

from celery import Celery, chain, chord

from acked.lab import record, table

app = Celery("message_size")


@app.task
def add(x, y):
    return x + y


@app.task
def report(numbers, text=""):
    return numbers


def sizes():
    """The bytes of each message in the queue, which is then emptied."""
    messages = record.lrange("celery", 0, -1)
    record.delete("celery")
    return [len(message) for message in messages]


def times(sent, limit):
    """A bound that holds whatever the ids and the host are called."""
    ratio = sum(sent) / one
    assert limit < ratio < 2 * limit, ratio
    return f"more than {limit} x"


def main():
    # --8<-- [start:chain]
    chain(add.s(1, 1), *[add.s(1)] * 9)()
    ten = sizes()
    chain(add.s(1, 1), *[add.s(1)] * 99)()
    hundred = sizes()
    # --8<-- [end:chain]
    # --8<-- [start:chord]
    header = [add.s(n, n) for n in range(100)]
    chord(header)(report.s())
    small = sizes()
    chord(header)(report.s(text="x" * 10_000))
    large = sizes()
    # --8<-- [end:chord]
    table(
        ("what is sent", "messages in the queue", "bytes in all"),
        ("one task", 1, "1 x"),
        ("a chain of 10", len(ten), times(ten, 2)),
        ("a chain of 100", len(hundred), times(hundred, 20)),
        ("a chord, 100 in the header", len(small), times(small, 110)),
        ("the same, 10 kB for the body", len(large), times(large, 1000)),
    )


add.delay(1, 1)
[one] = sizes()
main()
