# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""Two writes with a failure between them, in transactions and in scripts."""

from acked.lab import table
from acked.services import Redis, Valkey, wait_until

# --8<-- [start:script]
SCRIPT = """
redis.call('SET', 'first', 'written')
redis.call('INCR', 'text')
redis.call('SET', 'third', 'written')
"""
LIBRARY = f"""#!lua name=shop
redis.register_function('pay', function() {SCRIPT} end)
"""
# --8<-- [end:script]


def say(client, *commands: str):
    """Send them one by one; the last reply."""
    for command in commands:
        try:
            reply = client.execute_command(*command.split())
        except Exception as error:
            reply = error
    return reply


# --8<-- [start:cases]
def run_time(client, other):
    return say(client, "MULTI", "SET first written", "INCR text",
               "SET third written", "EXEC")  # fmt: skip


def queue_time(client, other):
    return say(client, "MULTI", "SET first written", "INCRR text",
               "SET third written", "EXEC")  # fmt: skip


def watched(client, other):
    say(client, "WATCH text", "MULTI", "SET first written",
        "SET third written")  # fmt: skip
    say(other, "SET text text")  # the value that it had
    return say(client, "EXEC")


def discarded(client, other):
    return say(client, "MULTI", "SET first written", "DISCARD")


def gone(client, other):
    say(client, "MULTI", "SET first written", "SET third written")
    client.close()
    wait_until(lambda: other.info("clients")["connected_clients"] == 1)
    return "nobody to tell"


def script(client, other):
    return catch(client.eval, SCRIPT, 0)


def function(client, other):
    client.function_load(LIBRARY)
    return catch(client.fcall, "pay", 0)


# --8<-- [end:cases]


def catch(call, *args):
    try:
        return call(*args)
    except Exception as error:
        return error


CASES = {
    "MULTI, INCR of a text": run_time,
    "MULTI, a command that does not exist": queue_time,
    "MULTI, a watched key is set meanwhile": watched,
    "MULTI, DISCARD": discarded,
    "MULTI, the client is gone before EXEC": gone,
    "Lua script, INCR of a text": script,
    "function, INCR of a text": function,
}


def word(reply) -> str:
    if isinstance(reply, Exception):
        return type(reply).__name__
    if isinstance(reply, list):
        return ", ".join(word(one) for one in reply)
    return str(reply)


def rows(server: Redis) -> list:
    found = []
    with server:
        other = server.client(single_connection_client=True)
        for title, case in CASES.items():
            other.flushall()
            other.set("text", "text")
            client = server.client(single_connection_client=True)
            reply = word(case(client, other))
            client.close()
            keys = other.mget("first", "third")
            found.append([title, reply, *(key or "" for key in keys)])
    return found


redis, valkey = rows(Redis()), rows(Valkey())
assert redis == valkey
table(["Redis 8 and Valkey 9", "the client gets", "first", "third"], *redis)
