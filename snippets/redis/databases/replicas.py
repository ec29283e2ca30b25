# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "psycopg[binary]"]
#
# [tool.acked]
# starts = ["redis", "postgresql"]
# timeout = 200
# ///
"""A replica of each: what it answers and what it refuses."""

import subprocess

import psycopg
from redis import ReadOnlyError

from acked import suite
from acked.lab import table
from acked.services import PostgreSQL, Redis, wait_until


def copy(primary, standby):
    """pg_basebackup -R: a standby that follows the primary."""
    argv = ["pg_basebackup", "-R", "-D", str(standby.data)]
    argv += ["-d", primary.url, "--checkpoint=fast"]
    subprocess.run(
        suite.wrap(argv, home=standby.home, ordinary_user=True), check=True
    )


# --8<-- [start:redis]
def on_redis():
    with Redis() as primary:
        with Redis(f"--replicaof 127.0.0.1 {primary.port}") as replica:
            primary.cli("SET", "order:1", "paid")
            wait_until(lambda: replica.cli("GET", "order:1") == "paid")
            try:
                replica.cli("SET", "order:1", "new")
            except ReadOnlyError as error:
                return "paid", f"`{type(error).__name__}`"
# --8<-- [end:redis]


# --8<-- [start:postgresql]
def on_postgresql():
    with PostgreSQL() as primary, primary.connect() as connection:
        connection.execute("CREATE TABLE orders (state text)")
        standby = PostgreSQL()
        copy(primary, standby)
        with standby, standby.connect() as reader:
            connection.execute("INSERT INTO orders VALUES ('paid')")
            read = "SELECT state FROM orders"
            wait_until(lambda: reader.execute(read).fetchone())
            try:
                reader.execute("UPDATE orders SET state = 'new'")
            except psycopg.Error as error:
                return reader.execute(read).fetchone()[0], type(error).__name__
# --8<-- [end:postgresql]


redis, (state, error) = on_redis(), on_postgresql()
table(
    ("replica of", "read from it", "write to it"),
    ("Redis", *redis),
    ("PostgreSQL", state, f"`{error}`"),
)
