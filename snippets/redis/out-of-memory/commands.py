# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""Redis is full and evicts nothing. Which commands still work?"""

from redis import RedisError

from acked.lab import table
from acked.services import Redis, Valkey

# --8<-- [start:commands]
COMMANDS = [
    "GET page:1",
    "SET page:1 new",
    "INCR visits",
    "LPUSH celery task",
    "BRPOP celery 1",
    "HSET unacked tag task",
    "HDEL unacked tag",
    "XADD events * name order",
    "PUBLISH room hello",
    "EXPIRE page:1 60",
    "PING",
    "DEL page:2",
]
READ = "return redis.call('GET', 'page:1')"
WRITE = "return redis.call('SET', 'page:1', 'new')"
SCRIPTS = {
    "a script that reads": READ,
    "a script that writes": WRITE,
    "`#!lua`, reads": f"#!lua\n{READ}",
    "`#!lua flags=no-writes`, reads": f"#!lua flags=no-writes\n{READ}",
    "`#!lua flags=allow-oom`, writes": f"#!lua flags=allow-oom\n{WRITE}",
}
# --8<-- [end:commands]
TRANSACTION = ["MULTI", "DEL page:3", "SET page:1 new", "EXEC"]


# --8<-- [start:full]
def fill(client):
    """Write pages until Redis refuses one."""
    while reply(client, "SET", f"page:{client.dbsize()}", "x" * 500) == "works":
        pass


def reply(client, *command):
    try:
        client.execute_command(*command)
        return "works"
    except RedisError as error:
        return f"`{type(error).__name__}`"


# --8<-- [end:full]


def column(server_type):
    with server_type("--maxmemory 5mb --save ''") as server:
        client = server.client(single_connection_client=True)
        client.lpush("celery", "first", "second")
        client.hset("unacked", "tag", "task")
        replies = []
        for command in COMMANDS:
            fill(client)
            replies.append(reply(client, *command.split()))
        for script in SCRIPTS.values():
            fill(client)
            replies.append(reply(client, "EVAL", script, 0))
        fill(client)
        for command in TRANSACTION:
            replies.append(reply(client, *command.split()))
        assert client.exists("page:3")
        counted = client.info("errorstats")["errorstat_OOM"]["count"]
        assert counted >= sum("OutOfMemory" in one for one in replies)
        return replies


rows = [f"`{command}`" for command in COMMANDS] + list(SCRIPTS)
rows += [f"`{command}`, in a transaction" for command in TRANSACTION[1:3]]
columns = [column(server) for server in (Redis, Valkey)]
for replies in columns:
    assert replies.pop(-4) == "works"  # MULTI
rows.append("`EXEC` of the transaction")
table(
    ("full, `noeviction`", "Redis 8", "Valkey 9"),
    *zip(rows, *columns, strict=True),
)
