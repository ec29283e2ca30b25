# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "requests"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""A popular retry snippet and a repaired one, against a real HTTP server."""

import requests
from bank import Bank, open_bank
from celery import Celery

from acked.lab import note, runs, table
from acked.services import Worker, free_port, wait_until

app = Celery("fetch")


# --8<-- [start:popular]
@app.task(bind=True, max_retries=3)
def fetch(self, url):
    note(f"fetch {url}")
    try:
        return requests.get(url).text
    except requests.RequestException as error:
        raise self.retry(exc=error, countdown=0)
# --8<-- [end:popular]


# --8<-- [start:repaired]
class BusyError(Exception):
    """The server may do better next time."""


@app.task(
    autoretry_for=(requests.ConnectionError, requests.Timeout, BusyError),
    max_retries=3,
    default_retry_delay=0,  # here; in production retry_backoff=True
)
def fetch_checked(url):
    note(f"fetch_checked {url}")
    response = requests.get(url, timeout=(1, 1))
    if response.status_code in (429, 500, 502, 503, 504):
        raise BusyError(response.status_code)
    response.raise_for_status()
    return response.text
# --8<-- [end:repaired]


TASKS = [fetch, fetch_checked]
NEVER = "accepts, never answers"


def outcome(task, url, result):
    text = f"{runs(f'{task.__name__} {url}')} · `{result.state}`"
    if result.state == "SUCCESS":
        text += f" returns `{result.result}`"
    if result.state == "FAILURE":
        text += f" {type(result.result).__name__}"
    return text


def main():
    bank = open_bank()
    urls = {
        "nobody listens": f"http://127.0.0.1:{free_port()}/",
        "500": f"{bank}/500",
        "503, 503, then 200": f"{bank}/recovers",
        "404": f"{bank}/404",
        NEVER: f"{bank}/hangs",
    }
    found = {}
    with Worker(__file__, "--concurrency=2"):
        for task in TASKS:
            Bank.requests.clear()
            found[task] = {NEVER: task.delay(urls[NEVER])}
            wait_until(lambda: Bank.requests["/hangs"])
            # With a process in there, the others run one after the other.
            for name in urls.keys() - {NEVER}:
                found[task][name] = task.delay(urls[name])
            for name, result in found[task].items():
                if (task, name) != (fetch, NEVER):
                    wait_until(result.ready, 60, name)
        rows = [
            [name, *(outcome(t, urls[name], found[t][name]) for t in TASKS)]
            for name in urls
        ]
    table(["the server", "popular snippet", "repaired"], *rows)


if __name__ == "__main__":
    main()
