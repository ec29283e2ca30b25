# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "psycopg[binary]", "celery[redis]", "httpx",
#   "uvicorn"]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 60
# ///
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

from acked.services import wait_until
from servers import at_once, uvicorn
from shop.script import table

CASES = {
    "as in the shop": {},
    "none": {"MIDDLEWARE": "[]"},
    "none, no `request_started` receivers": {
        "MIDDLEWARE": "[]",
        "NO_RECEIVERS": "yes",
    },
}


# --8<-- [start:threads]
def threads_of_the_server(env):
    with uvicorn(**env) as server, ThreadPoolExecutor() as pool:
        [process] = server.processes()
        wait_until(lambda: process.num_threads() < 5)
        answers = pool.submit(at_once, 10, server, "async_view")
        wait_until(lambda: server.log().count("async view began") == 10)
        while_ten_wait = process.num_threads()
        assert not answers.done()
    return while_ten_wait
# --8<-- [end:threads]


def bound(threads):
    if threads > 10:
        return "more than 10"
    assert threads < 5
    return "fewer than 5"


with ThreadPoolExecutor() as pool:
    results = pool.map(threads_of_the_server, CASES.values())
    table(
        ("middleware", "threads, idle", "while 10 async views wait"),
        *(
            (what, bound(0), bound(threads))
            for what, threads in zip(CASES, results, strict=True)
        ),
    )
