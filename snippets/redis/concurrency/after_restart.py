# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis>=8", "valkey"]
# timeout = 120
# ///
"""A loaded script and a loaded function after the server's end."""

from clients import error

from acked.lab import table
from acked.services import Redis, Valkey

# --8<-- [start:load]
LIBRARY = """#!lua name=shop
redis.register_function('pay', function(keys) return 'paid' end)
"""


def after_restart(server: Redis, end) -> list:
    with server:
        client = server.client()
        sha = client.script_load("return 'paid'")
        client.function_load(LIBRARY)
        assert client.evalsha(sha, 0) == client.fcall("pay", 0) == "paid"
        end(server)
        server.start()
        return [error(client.evalsha, sha, 0), error(client.fcall, "pay", 0)]


# --8<-- [end:load]

table(
    ["", "EVALSHA", "FCALL"],
    *(
        [title, *after_restart(server, end)]
        for title, server, end in [
            ("Redis 8, AOF, SIGKILL", Redis("--appendonly yes"), Redis.kill),
            ("Valkey 9, AOF, SIGKILL", Valkey("--appendonly yes"), Redis.kill),
            ("Redis 8, default, SIGTERM", Redis(), Redis.stop),
            ("Redis 8, default, SIGKILL", Redis(), Redis.kill),
        ]
    ),
)
