# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django",
#     "psycopg[binary]",
#     "celery[redis]",
#     "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# environments = ["django-5-2"]
# timeout = 150
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

env = {**os.environ, **environments.variables("django-5-2")}
in_5_2, in_6_1 = (
    json.loads(
        subprocess.run(
            [sys.executable, HERE / "one_version.py"],
            env=env,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    )
    for env in (env, os.environ)
)
table(
    ("Django", in_5_2.pop("version"), in_6_1.pop("version")),
    *((what, in_5_2[what], in_6_1[what]) for what in in_5_2),
)
