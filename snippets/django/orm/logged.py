"""The shop on a PostgreSQL that writes every statement into its log."""

import os
import sys
from pathlib import Path

from acked.services import PostgreSQL

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "project"))

server = PostgreSQL("-c log_statement=all -c log_line_prefix=# ")
server.start()
os.environ["DATABASE_URL"] = server.url

from shop.script import start

start()
