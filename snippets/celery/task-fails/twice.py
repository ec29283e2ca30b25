# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "requests"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""The bank books and its answer is lost: what does the retry do?"""

import requests
from bank import Bank, open_bank
from celery import Celery

from acked.lab import note, runs, table
from acked.services import Worker

app = Celery("twice")


# --8<-- [start:tasks]
@app.task(autoretry_for=(OSError,), default_retry_delay=0)
def pay(url):
    note(url)
    requests.post(url, timeout=(1, 5)).raise_for_status()


@app.task(bind=True, autoretry_for=(OSError,), default_retry_delay=0)
def pay_once(self, url):
    note(url)
    key = {"Idempotency-Key": self.request.id}  # the same in each retry
    requests.post(url, headers=key, timeout=(1, 5)).raise_for_status()
# --8<-- [end:tasks]


def main():
    bank = open_bank()
    rows = []
    with Worker(__file__, "--concurrency=1"):
        for task, label in ((pay, "plain"), (pay_once, "idempotency key")):
            path = f"/{task.__name__}"
            result = task.delay(bank + path)
            result.get(timeout=60)
            rows.append(
                [label, runs(bank + path), Bank.transfers[path],
                 f"`{result.state}`"]
            )
    table(["task", "runs", "money transferred", "state"], *rows)


if __name__ == "__main__":
    main()
