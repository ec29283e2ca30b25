# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "packaging"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 150
# ///
"""Is `pip install celery redis` enough for Redis as broker?

No installation: a folder with links to exactly those packages that the
metadata of the installed ones ask for, and a Python that sees nothing else.
"""

import os
import subprocess
import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from acked.lab import table


# --8<-- [start:needs]
def needed(wanted, found):
    """All that these requirements ask for, as pip would collect it."""
    for requirement in wanted:
        found.add(requirement.name)
        package = distribution(requirement.name)
        for extra in {"", *requirement.extras}:
            asked = [Requirement(each) for each in package.requires or ()]
            here = [
                each
                for each in asked
                if not each.marker or each.marker.evaluate({"extra": extra})
            ]
            if new := [r for r in here if r.name not in found or r.extras]:
                needed(new, found)
    return found
# --8<-- [end:needs]


PROGRAM = """
import os, sys
sys.path.append(sys.argv[1])
from celery import Celery
app = Celery("shop", broker=os.environ["REDIS_URL"])
with app.connection_for_write() as connection:
    print(connection.default_channel.client.ping())
"""


def run(names):
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            for file in distribution(name).files:
                top = Path(str(file)).parts[0]
                link = Path(folder, top)
                if top != ".." and not link.exists():
                    link.symlink_to(distribution(name).locate_file(top))
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", PROGRAM, folder],
            capture_output=True,
            text=True,
            env=dict(os.environ),
        )
    return (done.stdout or done.stderr).strip().splitlines()[-1]


def main():
    rows = [["packages as for", "`packaging` is in", "PING to Redis"]]
    for asked in (["celery", "redis"], ["celery[redis]"]):
        names = needed([Requirement(each) for each in asked], set())
        has = "yes" if "packaging" in names else "no"
        told = f"`pip install {' '.join(asked)}`"
        rows.append([told, has, f"`{run(names)}`"])
    table(*rows)


if __name__ == "__main__":
    main()
