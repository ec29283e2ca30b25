# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""Both files exist and disagree. Which one does Redis load?"""

from acked.services import Redis, wait_until


def snapshot(server: Redis) -> None:
    server.client().bgsave()
    wait_until((server.home / "dump.rdb").exists)


# --8<-- [start:both]
with Redis("--appendonly yes") as server:
    server.client().set("order", "as in the snapshot")
    snapshot(server)
    server.client().set("order", "as in the log")
    server.kill()

    for appendonly in "yes", "no":
        server.options = f"--appendonly {appendonly}"
        server.start()
        print(f"appendonly {appendonly}:", server.client().get("order"))
        server.kill()
# --8<-- [end:both]
