# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 240
# ///
"""Default settings, and yet a task runs twice: the child starts before the
parent acknowledges.
"""

from celery import Celery

from acked.lab import record
from acked.services import Worker, wait_until
from acked.services.base import ServiceError

app = Celery("early_twice")


# --8<-- [start:task]
@app.task  # acknowledged early: the default
def charge(order):
    record.incr(order)
# --8<-- [end:task]


def let_the_child_work(worker, child, order):
    """The child takes the task while the parent, which acknowledges, is
    stopped. True when the parent had handed it over before.
    """
    worker.freeze_parent()
    child.resume()
    try:
        return wait_until(lambda: record.get(order), timeout=1)
    except ServiceError:
        child.suspend()
        worker.thaw_parent()
        return False


def main():
    # --8<-- [start:crash]
    with Worker(__file__, "--concurrency=1") as first:
        [child] = first.pool()
        child.suspend()
        result = charge.delay("A")
        wait_until(lambda: let_the_child_work(first, child, "A"))
        wait_until(lambda: result.state == "SUCCESS")
        first.kill()

    with Worker(__file__, "--concurrency=1") as second:
        charge.delay("B").get(timeout=30)  # sent last, so run last
        second.shut_down("warm")
    # --8<-- [end:crash]
    print("sent: 1, executed:", record.get("A"), "state:", result.state)


if __name__ == "__main__":
    main()
