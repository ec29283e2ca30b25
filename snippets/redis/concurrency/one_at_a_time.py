# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""Ten clients ask while another client's command runs, or waits."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

from clients import client_of

from acked.lab import table
from acked.services import Redis, Valkey, wait_until

PATIENT = "--busy-reply-threshold 0"  # no BUSY, however slow this machine
SERVERS = {
    "Redis 8, default": Redis(PATIENT),
    "Redis 8, `io-threads 2`": Redis(f"{PATIENT} --io-threads 2"),
    "Valkey 9, default": Valkey(PATIENT),
    "Valkey 9, `io-threads 2`": Valkey(f"{PATIENT} --io-threads 2"),
}

# --8<-- [start:script]
ONE_SECOND_OF_WORK = """
redis.log(redis.LOG_WARNING, 'the script begins')
local began = os.clock()
while os.clock() - began < 1 do end
redis.call('SET', 'script', 'ended')
redis.log(redis.LOG_WARNING, 'the script ends')
"""
# --8<-- [end:script]


# --8<-- [start:ask]
def ask_during_a_script(server: Redis) -> Counter:
    clients = connections(server, 10)
    slow = client_of(server)
    working = Thread(target=slow.eval, args=(ONE_SECOND_OF_WORK, 0))
    working.start()
    wait_until(lambda: "the script begins" in server.log())
    for client in clients:
        client.send_command("GET", "script")
    assert "the script ends" not in server.log()
    return Counter(client.read_response() for client in clients)


# --8<-- [end:ask]


# --8<-- [start:blpop]
def ask_during_blpop(server: Redis) -> int:
    waiting = Thread(target=client_of(server).blpop, args=("jobs",))
    waiting.start()
    client = client_of(server)
    wait_until(lambda: client.info("clients")["blocked_clients"] == 1)
    answers = [client.ping() for _ in range(10)]
    still_waiting = client.info("clients")["blocked_clients"] == 1
    client.rpush("jobs", "the end")
    waiting.join()
    return sum(answers) if still_waiting else 0


# --8<-- [end:blpop]


def connections(server: Redis, number: int) -> list:
    """Open ones: a greeting would have to wait, too."""
    pool = client_of(server).connection_pool
    return [pool.get_connection() for _ in range(number)]


def run(server: Redis) -> list:
    with server:
        seen = ask_during_a_script(server)
        return [seen[None], seen["ended"], ask_during_blpop(server)]


with ThreadPoolExecutor(2) as pool:
    outcomes = list(pool.map(run, SERVERS.values()))

table(
    [
        "10 commands of others",
        "answered before the script's end",
        "after it",
        "answered while a BLPOP waits",
    ],
    *([name, *row] for name, row in zip(SERVERS, outcomes, strict=True)),
)
