# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 200
# ///
"""A lock keeps a report from overlapping. What if its holder is killed?"""

from celery import Celery

from acked.lab import note, record, runs, table
from acked.services import Worker, wait_until

app = Celery("lock")


# --8<-- [start:task]
@app.task(bind=True)
def report(self, seconds):
    mine = self.request.id
    if not record.set("report lock", mine, nx=True, ex=seconds):
        note("skipped")
        return
    note("worked")
    work()
    release(keys=["report lock"], args=[mine])


# Compare and delete in one step: an expired lock may be another's by now.
release = record.register_script(
    "if redis.call('GET', KEYS[1]) == ARGV[1] then"
    " return redis.call('DEL', KEYS[1]) end"
)
# --8<-- [end:task]


def work():
    note("at work")
    record.blmove("gate", "gate", timeout=0)
    record.decr("at work")


def row(moment):
    left = "yes" if record.exists("report lock") else "no"
    return [moment, runs("worked"), runs("skipped"), left]


def main():
    rows = []
    # --8<-- [start:run]
    with (
        Worker(__file__, "--concurrency=3") as first,
        Worker(__file__, "--concurrency=3 -Q second"),
    ):
        for _ in range(3):
            report.delay(seconds=8)
        wait_until(lambda: runs("at work") == 1 and runs("skipped") == 2)
        rows.append(row("three at the same time"))
        first.kill()  # SIGKILL to the holder, too
        record.lpush("gate", "open")
        report.apply_async([8], queue="second").get(timeout=30)
        rows.append(row("holder killed, next run"))
        wait_until(lambda: not record.exists("report lock"))
        report.apply_async([8], queue="second").get(timeout=30)
        rows.append(row("next run after the lock's expiry"))
    # --8<-- [end:run]
    # --8<-- [start:short]
    with Worker(__file__, "--concurrency=3"):
        record.delete("gate", "at work")
        report.delay(seconds=1)
        wait_until(lambda: runs("at work") == 1)
        wait_until(lambda: not record.exists("report lock"))
        report.delay(seconds=60)
        wait_until(lambda: runs("at work") == 2)
        rows.append(row("lock of 1 s, work is longer: 2 at work"))
        record.lpush("gate", "open")
    # --8<-- [end:short]
    table(["", "worked", "skipped", "lock left"], *rows)


if __name__ == "__main__":
    main()
