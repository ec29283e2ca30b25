# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "psycopg[binary]"]
#
# [tool.acked]
# services = ["redis", "postgresql"]
# timeout = 60
# ///
"""A session that may live for one second."""

import os

import psycopg
from redis import Redis as Client

from acked.services import wait_until

client = Client.from_url(os.environ["REDIS_URL"], decode_responses=True)
connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


# --8<-- [start:expire]
client.set("session:1", "ann", ex=1)
connection.execute("CREATE TABLE sessions (name text, expires timestamptz)")
connection.execute(
    "INSERT INTO sessions VALUES ('ann', now() + interval '1 s')"
)
expired = "SELECT count(*) FROM sessions WHERE expires < now()"
wait_until(lambda: connection.execute(expired).fetchone() == (1,))
wait_until(lambda: not client.exists("session:1"))
rows = connection.execute("SELECT count(*) FROM sessions").fetchone()
# --8<-- [end:expire]
print("Redis:     ", client.exists("session:1"), "sessions")
print("PostgreSQL:", rows[0], "session")
