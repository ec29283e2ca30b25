# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""Who gets a message, and what does PUBLISH know of it?"""

import signal
import subprocess
import sys

from listeners import heard, subscriber
from redis import ConnectionError
from redis import Redis as Client

from acked.lab import table
from acked.services import Proxy, Redis, Valkey, wait_until
from acked.services.base import stands_still

TEXT = {"decode_responses": True}


# --8<-- [start:cases]
def nobody(server):
    client = server.client()
    returned = [client.publish("orders", "early")]
    assert client.dbsize() == 0
    late = subscriber(server.client(), "orders")
    returned.append(client.publish("orders", "late"))
    client.publish("orders", "end")
    return returned, heard(late)


def three(server):
    all_three = [subscriber(server.client(), "orders") for _ in range(3)]
    returned = server.client().publish("orders", "one")
    server.client().publish("orders", "end")
    return returned, [message for one in all_three for message in heard(one)]


def reconnects(server):
    return broken(server, Client(port=server.port, **TEXT))


def from_url(server):
    return broken(server, Client.from_url(server.url, **TEXT))


def broken(server, subscribing):
    client, listener = server.client(), subscriber(subscribing, "orders")
    returned = [client.publish("orders", "before")]
    got = [listener.get_message(timeout=30)["data"]]
    client.client_kill_filter(_type="pubsub")  # as a broken network would
    returned.append(client.publish("orders", "meanwhile"))
    try:
        again = listener.get_message(timeout=30)
    except ConnectionError:
        got.append("ConnectionError")
        again = listener.get_message(timeout=30)
    got.append(again["type"])
    returned.append(client.publish("orders", "after"))
    client.publish("orders", "end")
    return returned, got + heard(listener)


def frozen(server):
    with subprocess.Popen(
        [sys.executable, __file__, str(server.port)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdout.readline()  # it is subscribed
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: stands_still(process.pid))
        returned = server.client().publish("orders", "one")
        process.kill()
        return returned, process.stdout.read().split()


def black_hole(server):
    with Proxy(server.port) as network:
        listener = subscriber(Client(port=network.port, **TEXT), "orders")
        network.hold()
        returned = server.client().publish("orders", "one")
        got = listener.get_message(timeout=0.5)
        network.cut()
        return returned, [got["data"]] if got else []


# --8<-- [end:cases]


def listen(port: int) -> None:
    listener = subscriber(Client(port=port, **TEXT), "orders")
    print("subscribed", flush=True)
    print(*heard(listener))


def gone(server) -> bool:
    return server.client().publish("orders", "nobody") == 0


CASES = {
    "nobody, then one who comes late": nobody,
    "three subscribers": three,
    "connection broken, `Redis(port=...)`": reconnects,
    "connection broken, `Redis.from_url(...)`": from_url,
    "subscriber stopped, then killed": frozen,
    "network swallows everything": black_hole,
}


def rows(server: Redis) -> list:
    found = []
    with server:
        for title, case in CASES.items():
            server.client().client_kill_filter(_type="pubsub")
            wait_until(lambda: gone(server))
            returned, received = case(server)
            numbers = returned if isinstance(returned, list) else [returned]
            found.append(
                [
                    title,
                    ", ".join(map(str, numbers)),
                    ", ".join(received) or "nothing",
                ]
            )
    return found


if len(sys.argv) > 1:
    listen(int(sys.argv[1]))
else:
    redis, valkey = rows(Redis()), rows(Valkey())
    assert redis == valkey
    table(["Redis 8 and Valkey 9", "PUBLISH returned", "received"], *redis)
