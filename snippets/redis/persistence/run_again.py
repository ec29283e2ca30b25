# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 120
# ///
"""A snapshot brings tasks back that were executed after it was taken."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from receipts import worker_for
from tasks import send_receipt

from acked.lab import table
from acked.services import Redis, wait_until


def sent_receipts(server: Redis) -> Counter[str]:
    file = server.home / "sent"
    return Counter(file.read_text().split() if file.exists() else [])


def work_until_done(server: Redis, receipts: int) -> None:
    with worker_for(server) as worker:
        wait_until(lambda: sent_receipts(server).total() == receipts)
        worker.shut_down("warm")


# --8<-- [start:again]
def crash_after_work(options: str) -> tuple[int, int]:
    with Redis(options) as server:
        shop = Celery("shop", broker=server.url, backend=server.url)
        for order in range(20):
            shop.send_task(send_receipt.name, [order])
        server.client().bgsave()
        wait_until((server.home / "dump.rdb").exists)

        work_until_done(server, receipts=20)
        server.kill()
        server.start()
        queued = server.client().llen("celery")
        if queued:
            work_until_done(server, receipts=20 + queued)
        sent = sent_receipts(server)
        return queued, sum(times == 2 for times in sent.values())


# --8<-- [end:again]

WAYS = {"RDB only": "", "both RDB and AOF": "--appendonly yes"}
with ThreadPoolExecutor() as pool:
    outcomes = list(pool.map(crash_after_work, WAYS.values()))
rows = [
    (way, f"{queued} of 20", f"{twice} of 20")
    for way, (queued, twice) in zip(WAYS, outcomes, strict=True)
]
head = "persistence", "queued again after SIGKILL", "executed twice"
table(head, *rows)
