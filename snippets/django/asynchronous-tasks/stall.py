# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "httpx",
#   "uvicorn"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
"""One view that blocks, one that awaits, and a second request to each.

Prints a timeline: seconds, lane, mark, text.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from acked.services import wait_until
from servers import get, uvicorn


def two_requests(view, does, lanes):
    """Events of a request to this view, and of one to the view `quick`."""
    with uvicorn() as server, ThreadPoolExecutor() as pool:
        slow = pool.submit(get, server, view)
        wait_until(lambda: f"{view} began" in server.log())
        sent = time.monotonic()
        quick_began, answered = get(server, "quick").json()
        began, ended = slow.result().json()
    slow_lane, quick_lane = lanes
    return [
        (began, slow_lane, "+", does),
        (sent, quick_lane, "+", "sent to another view"),
        (quick_began, quick_lane, ".", "that view begins"),
        (answered, quick_lane, "-", "and answers"),
        (ended, slow_lane, "-", "answers"),
    ]


blocking = two_requests(
    "blocks", "time.sleep(1) in async def", ("request 1", "request 2")
)
awaiting = two_requests(
    "awaits", "await asyncio.sleep(1)", ("request 3", "request 4")
)
first = min(at for at, *_ in blocking)
later = max(at for at, *_ in blocking) - min(at for at, *_ in awaiting)
awaiting = [(at + later + 0.5, *event) for at, *event in awaiting]
for at, lane, mark, text in sorted(blocking) + sorted(awaiting):
    print(f"{at - first:.2f}  {lane}  {mark}  {text}")
