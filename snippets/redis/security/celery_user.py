# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""Celery as a Redis user with few rights: what works, what is denied."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import rules
from celery import Celery, chord, group

from acked.lab import table
from acked.services import Redis, ServiceError, Valkey, Worker, wait_until

URL = os.environ.get("SHOP_URL")
app = Celery("celery_user", broker=URL, backend=URL)


@app.task
def add(a: int, b: int) -> int:
    return a + b


@app.task
def total(numbers: list[int]) -> int:
    return sum(numbers)


@app.task(bind=True)
def second_try(self) -> int:
    if not self.request.retries:
        raise self.retry(countdown=0.1)
    return 1


# --8<-- [start:uses]
def uses(shop: Celery) -> dict[str, bool]:
    def sums():
        return [task(shop, add, 1, n) for n in range(3)]

    alone = task(shop, add, 1, 1).delay()
    many = group(sums(), app=shop).delay()
    both = chord(sums(), app=shop)(task(shop, total))
    again = task(shop, second_try).delay()
    return {
        "result": alone.get(timeout=30) == 2,
        "group": many.get(timeout=30) == [1, 2, 3],
        "chord": both.get(timeout=30) == 6,
        "retry": again.get(timeout=30) == 1,
        "forget": alone.forget() is None and alone.state == "PENDING",
        "ping": bool(shop.control.ping(timeout=10, limit=1)),
        "inspect": bool(shop.control.inspect(timeout=10, limit=1).stats()),
        "events": event_heard(shop),
        "purge": shop.control.purge() == 0,
    }


# --8<-- [end:uses]


def task(shop: Celery, function, *arguments):
    return shop.signature(function.name, arguments)


def event_heard(shop: Celery) -> bool:
    """As Flower does: listen until a worker says something."""
    heard = []

    def hear(event: dict) -> None:
        heard.append(event)
        receiver.should_stop = True

    with shop.connection() as connection:
        receiver = shop.events.Receiver(connection, {"*": hear})
        receiver.capture(limit=None, timeout=30)
    return bool(heard)


ENOUGH = {
    "all three": [rules.KEYS, rules.CHANNELS, rules.COMMANDS],
    "`+@all -@dangerous`": [rules.NOT_DANGEROUS],
}
TOO_FEW = {"without channels": [rules.KEYS, rules.COMMANDS]}


def serve(server_type, rights: list[str], work) -> list[str]:
    with server_type() as server:
        admin = server.client()
        rules.make(admin, "celery", *rights)
        worked = work(f"redis://celery:secret@127.0.0.1:{server.port}/0")
        denials = [f"{d['reason']} `{d['object']}`" for d in admin.acl_log()]
        return [worked, denials[-1] if denials else "none"]


def all_uses(url: str) -> str:
    with Worker(__file__, "--pool solo -E", {"SHOP_URL": url}):
        worked = uses(Celery("shop", broker=url, backend=url))
    return ", ".join(use for use, works in worked.items() if works)


def ends(url: str) -> str:
    """The worker gives up by itself."""
    worker = Worker(__file__, "--pool solo -E", {"SHOP_URL": url})
    try:
        with suppress(ServiceError):  # if it ends before it is ready
            worker.start()
        wait_until(lambda: not worker.main_processes(), 60, "its end")
        assert "No permissions to access a channel" in worker.log()
    finally:
        worker.kill()
    return "nothing: the worker ends"


if __name__ == "__main__":
    jobs = [(Redis, rights, all_uses) for rights in ENOUGH.values()]
    jobs += [(Redis, rights, ends) for rights in TOO_FEW.values()]
    jobs += [(Valkey, ENOUGH["all three"], all_uses)]
    with ThreadPoolExecutor() as pool:
        *told, on_valkey = pool.map(serve, *zip(*jobs, strict=True))
    assert on_valkey == told[0]
    rows = zip(ENOUGH | TOO_FEW, told, strict=True)
    table(
        ["rights", "works", "first denial in `ACL LOG`"],
        *([name, *one] for name, one in rows),
    )
