# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
# ]
#
# [tool.acked]
# starts = ["postgresql"]
# timeout = 120
# ///
import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from acked.services import PostgreSQL, wait_until

with PostgreSQL("-c log_statement=all") as server:
    os.environ["DATABASE_URL"] = server.url
    from shop.script import start

    start()

    from django.contrib.auth.models import User
    from django.db import connection

    options = connection.settings_dict["OPTIONS"]
    # --8<-- [start:bindings]
    for server_side in (False, True):
        connection.close()
        options["server_side_binding"] = server_side
        list(User.objects.only("id").filter(username="ann' OR 1=1 --"))
    # --8<-- [end:bindings]
    wait_until(lambda: "Parameters" in server.log(), 10, "the log")
    for line in server.log().splitlines():
        if '"username" = ' in line or "Parameters" in line:
            print(re.sub(r".*(?:LOG|DETAIL): +(\w+)[^:]*:", r"\1:", line))
