# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
#     "gunicorn",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# timeout = 120
# ///
import os
import re
import subprocess
import sys

from csrf_shop import PROJECT, environment, table


def warnings(settings):
    """Each warning's id and the first sentence of it."""
    check = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=PROJECT,
        env={**os.environ, **environment(settings)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "identified" in check.stderr, check.stderr
    line = re.compile(r"^\?: \((.*?)\) (.*?)(?:\. |\.?$)", re.MULTILINE)
    return dict(line.findall(check.stderr))


default, hardened = warnings("csrf_settings"), warnings("hardened")
table(
    ("`check --deploy` says", "Django's defaults", "`hardened`"),
    *(
        (
            f"`{name}` {text}",
            "yes" if name in default else "",
            "yes" if name in hardened else "",
        )
        for name, text in sorted({**default, **hardened}.items())
    ),
)
