# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 60
# ///
"""The configuration that is copied everywhere: comments behind directives."""

from pathlib import Path
from tempfile import TemporaryDirectory

from acked.services import Redis, ServiceError

# --8<-- [start:popular]
RDB = "save 900 1   # after 900 s, if 1 key changed"
AOF = "appendfsync everysec  # fsync once a second"
# --8<-- [end:popular]


def start_with(line: str) -> str:
    """What Redis says to a redis.conf of this one line."""
    with TemporaryDirectory() as folder:
        config = Path(folder) / "redis.conf"
        config.write_text(line + "\n")
        server = Redis(config=config)
        try:
            server.start()
        except ServiceError:
            return fatal_error(server.log())
        finally:
            server.kill()
    return "starts"


def fatal_error(log: str) -> str:
    _, _, error = log.partition("*** FATAL CONFIG FILE ERROR")
    details = "\n".join(error.strip().splitlines()[1:])
    return f"FATAL CONFIG FILE ERROR\n{details}"


for line in RDB, AOF:
    print(start_with(line))
    directive = line.partition("#")[0].strip()
    print(f"without the comment, {directive}: {start_with(directive)}\n")
