# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8"]
# timeout = 120
# ///
"""A search in a vector set: does the server answer others meanwhile?"""

from threading import Event, Thread

from clients import client_of

from acked.lab import table
from acked.services import Redis, wait_until

SIZE = 5000
VECTOR = "VALUES", "2"


def search(client, options: tuple[str, ...], stop: Event) -> None:
    """As thorough as can be, so that it takes a while."""
    while not stop.is_set():
        client.execute_command(
            "VSIM", "books", *VECTOR, "1", "1", "EF", str(SIZE), *options
        )


def in_the_middle(client) -> bool:
    """The one who searches in a thread counts as blocked for so long."""
    return client.info("clients")["blocked_clients"] == 1


def searches(client) -> int:
    told = client.info("commandstats")
    return told["cmdstat_VSIM"]["calls"] if "cmdstat_VSIM" in told else 0


with Redis() as server:
    client = client_of(server)
    with client.pipeline(transaction=False) as batch:
        for number in range(SIZE):
            vector = *VECTOR, str(number), str(SIZE - number)
            batch.execute_command("VADD", "books", *vector, str(number))
        batch.execute()

    seen = []
    for options in (), ("NOTHREAD",):
        stop = Event()
        args = client_of(server), options, stop
        searching = Thread(target=search, args=args)
        client.config_resetstat()
        searching.start()
        wait_until(lambda: searches(client) > 1)
        if not options:
            wait_until(lambda: in_the_middle(client))
        seen.append(sum(in_the_middle(client) for _ in range(200)))
        stop.set()
        searching.join()

table(
    ["Redis 8, a client searches", "another's `INFO` is answered meanwhile"],
    ["`VSIM`", "at least once"],
    ["`VSIM` with `NOTHREAD`", f"{seen[1]} of 200 times"],
)
