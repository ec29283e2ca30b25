# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 20
# ///
"""Start Redis with each .conf file beside this program, and crash it."""

from pathlib import Path

from acked.services import Redis

HERE = Path(__file__).parent


# --8<-- [start:survivors]
def survivors(config: str, end) -> tuple[int, str]:
    with Redis(config=HERE / config) as server:
        client = server.client()
        for number in range(1000):
            client.set(f"order:{number}", "paid")
        end(server)
        left = {file.name for file in server.home.iterdir()}
        server.start()
        return server.client().dbsize(), ", ".join(sorted(left & FILES))


# --8<-- [end:survivors]

FILES = {"dump.rdb", "appendonlydir"}

with Redis(config=HERE / "aof.conf") as server:
    assert server.client().config_get("save") == {"save": ""}

print("| started with | SIGKILL: there | SIGTERM: there | files left |")
print("| --- | --- | --- | --- |")
for config in "rdb.conf", "aof.conf", "both.conf":
    killed, _ = survivors(config, Redis.kill)
    stopped, files = survivors(config, Redis.stop)
    print(f"| `{config}` | {killed} of 1000 | {stopped} of 1000 | {files} |")
