"""What each job does, and the record of it in Redis, wherever it runs."""

from acked.lab import record


# --8<-- [start:work]
def work(case, job, waits):
    record.rpush(f"{case} began", job)
    if waits:
        record.blmove(f"{case} gate", f"{case} gate", timeout=0)
    record.rpush(f"{case} ended", job)
# --8<-- [end:work]


def open_gate(case):
    """Let waiting jobs end, now and at any later run."""
    record.lpush(f"{case} gate", "open")


def began(case):
    return record.lrange(f"{case} began", 0, -1)


def ended(case):
    return record.lrange(f"{case} ended", 0, -1)


def acknowledged(app, case):
    """Whether a worker has acknowledged the task that it runs for this case."""
    replies = app.control.inspect(timeout=0.5).active() or {}
    running = [request for found in replies.values() for request in found]
    mine = [request for request in running if request["args"][0] == case]
    return any(request["acknowledged"] for request in mine)
