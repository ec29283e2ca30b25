# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""What requirepass does, and what it does not."""

import socket

import redis
from tls_server import PASSWORD, tls_only
from wiretap import Wiretap

from acked.services import Redis, Valkey

GUESSES = 2000


# --8<-- [start:guess]
def guess(server: Redis) -> tuple[list[str], int]:
    """On one connection: two thousand wrong passwords, then the right one."""
    with socket.create_connection(("127.0.0.1", server.port)) as link:
        lines = link.makefile("rwb")

        def say(command: str) -> str:
            lines.write(command.encode() + b"\r\n")
            lines.flush()
            return lines.readline().decode().strip()

        before = say("PING")
        wrong = [say(f"AUTH guess{n}") for n in range(GUESSES)]
        right = [say(f"AUTH {PASSWORD}"), say("PING")]
    return [before, wrong[0], *right], wrong.count(wrong[0])


# --8<-- [end:guess]


# --8<-- [start:wire]
def on_the_wire(server: Redis) -> str:
    """Does the password pass in the clear between client and server?"""
    with Wiretap(server.port) as tap:
        url = server.url.replace(f":{server.port}/", f":{tap.port}/")
        with redis.Redis.from_url(url, socket_timeout=60) as client:
            assert client.set("card", "4242 4242")
    return f"password {PASSWORD in tap.heard}, data {'4242 4242' in tap.heard}"


# --8<-- [end:wire]

URL = f"redis://:{PASSWORD}@127.0.0.1:{{port}}/0"
with Redis(f"--requirepass {PASSWORD}", url=URL) as server:
    replies, refused = guess(server)
    print("before AUTH:  ", replies[0])
    print("wrong:        ", replies[1], f"{refused} of {GUESSES} times")
    print("then right:   ", *replies[2:])
    [failures] = server.client().acl_log()
    print("ACL LOG:      ", failures["reason"], failures["count"], "times")
    print("CONFIG GET:   ", server.client().config_get("requirepass"))
    print("on the wire:  ", on_the_wire(server))
with Valkey(f"--requirepass {PASSWORD}", url=URL) as server:
    assert guess(server) == (replies, refused)
with tls_only(Redis) as server:
    print("with TLS:     ", on_the_wire(server))
