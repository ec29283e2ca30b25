# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "psycopg[binary]"]
#
# [tool.acked]
# services = ["redis", "postgresql"]
# timeout = 60
# ///
"""Three writes in a transaction, the second one fails."""

import os

import psycopg
from redis import Redis as Client
from redis import ResponseError

client = Client.from_url(os.environ["REDIS_URL"], decode_responses=True)
connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
other = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


# --8<-- [start:fails]
def in_redis():
    client.set("stock", "many")
    pipeline = client.pipeline(transaction=True)  # MULTI … EXEC
    pipeline.set("order", "paid")
    pipeline.decr("stock")  # not a number
    pipeline.set("mail", "sent")
    try:
        pipeline.execute()
    except ResponseError as error:
        print("Redis:          ", str(error).split(": ")[-1])
    print("Redis kept:     ", client.mget("order", "mail"))


def in_postgresql():
    connection.execute("CREATE TABLE done (what text, stock int)")
    try:
        with connection.transaction():
            connection.execute("INSERT INTO done VALUES ('order paid', 1)")
            connection.execute("INSERT INTO done VALUES ('stock', 'many')")
    except psycopg.DataError as error:
        print("PostgreSQL:     ", type(error).__name__)
    kept = connection.execute("SELECT * FROM done").fetchall()
    print("PostgreSQL kept:", kept)
# --8<-- [end:fails]


# --8<-- [start:isolation]
def two_withdrawals(level):
    """Both read 100 before either writes."""
    connection.execute("UPDATE account SET balance = 100")
    outcomes = []
    for session in connection, other:
        session.execute(f"BEGIN ISOLATION LEVEL {level}")
    read = "SELECT balance FROM account"
    balances = [s.execute(read).fetchone()[0] for s in (connection, other)]
    for session, balance in zip((connection, other), balances, strict=True):
        try:
            session.execute("UPDATE account SET balance = %s", [balance - 60])
            session.execute("COMMIT")
            outcomes.append("withdrawn")
        except psycopg.errors.SerializationFailure:
            session.execute("ROLLBACK")
            outcomes.append("refused")
    print(f"{level}: {outcomes}")
# --8<-- [end:isolation]


in_redis()
in_postgresql()
connection.execute("CREATE TABLE account (balance int)")
connection.execute("INSERT INTO account VALUES (100)")
two_withdrawals("READ COMMITTED")
two_withdrawals("REPEATABLE READ")
