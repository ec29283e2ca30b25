# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# environments = ["django-5-2", "django-5-2-7"]
# timeout = 120
# ///
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from acked import environments
from shop.script import table


def run(variables):
    """Django's version, and its answers."""
    probe = subprocess.run(
        [sys.executable, HERE / "versions_probe.py"],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return json.loads(probe.stdout)


runs = [
    run(environments.variables("django-5-2-7")),
    run(environments.variables("django-5-2")),
    run({}),
]
versions = [version for version, _ in runs]
answers = [found for _, found in runs]
table(
    (
        "query string",
        *(f"rows: `search`, Django {version}" for version in versions),
        f"`search_by_name`, {versions[-1]}",
    ),
    *(
        (
            f"`{query}`",
            *(found[query][0] for found in answers),
            answers[-1][query][1],
        )
        for query in answers[0]
    ),
)
