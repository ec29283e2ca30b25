# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""What a Redis server does when it was started without a configuration."""

from acked.lab import table
from acked.services import Redis

ASKED = [
    "save",
    "appendonly",
    "appendfsync",
    "stop-writes-on-bgsave-error",
    "aof-load-truncated",
    "aof-use-rdb-preamble",
    "auto-aof-rewrite-percentage",
    "auto-aof-rewrite-min-size",
]

with Redis() as server:
    in_force = server.client().config_get(*ASKED)

table(
    ("directive", "default"),
    *((f"`{name}`", f"`{in_force[name]}`") for name in ASKED),
)
