# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from django.core.cache import cache
from shop.script import start, table

VISITORS = 20


# --8<-- [start:stampede]
def naive():
    return cache.get_or_set("report", compute, timeout=60)


def locked():
    while (report := cache.get("report")) is None:
        if cache.add("report:lock", 1, timeout=4):
            report = compute()
            cache.set("report", report, timeout=60)
            return report  # the lock goes by itself, before the report
        time.sleep(0.02)
    return report
# --8<-- [end:stampede]


def compute():
    """A slow report: nobody is done before all have asked."""
    computed.append(1)
    time.sleep(1.5)
    return "report"


def dies_with_the_lock():
    cache.add("report:lock", 1, timeout=4)
    os.kill(os.getpid(), signal.SIGKILL)


def visit(view, before=cache.clear):
    before()
    computed.clear()
    barrier = threading.Barrier(VISITORS)

    def visitor(_):
        cache.get("connect")
        barrier.wait()
        return view()

    with ThreadPoolExecutor(VISITORS) as pool:
        answers = list(pool.map(visitor, range(VISITORS)))
    return VISITORS, answers.count("report"), len(computed)


def leave_a_lock():
    cache.clear()
    subprocess.run([sys.executable, __file__, "die"])
    assert cache.get("report:lock")


start(database=False)
if sys.argv[1:] == ["die"]:
    dies_with_the_lock()
computed = []
table(
    ("on a miss", "visitors", "answered", "computed"),
    ("`get_or_set`", *visit(naive)),
    ("`add` as a lock", *visit(locked)),
    ("the same, holder was killed", *visit(locked, leave_a_lock)),
)
