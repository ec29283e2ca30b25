# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "psycopg[binary]"]
#
# [tool.acked]
# services = ["redis", "postgresql"]
# timeout = 60
# ///
"""Five wrong writes: who refuses them?"""

import os

import psycopg
from redis import Redis as Client
from redis import ResponseError

from acked.lab import table

client = Client.from_url(os.environ["REDIS_URL"], decode_responses=True)
connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

# --8<-- [start:schema]
SCHEMA = """
CREATE TABLE customers (id int PRIMARY KEY, email text UNIQUE NOT NULL);
CREATE TABLE orders (id int PRIMARY KEY, total int CHECK (total > 0),
                     customer int REFERENCES customers);
INSERT INTO customers VALUES (1, 'ann@example.com');
"""
WRONG = {
    "an order of customer 99, who does not exist": (
        "HSET order:1 customer 99 total 5",
        "INSERT INTO orders VALUES (1, 5, 99)",
    ),
    "a second customer with the same e-mail": (
        "HSET customer:2 email ann@example.com",
        "INSERT INTO customers VALUES (2, 'ann@example.com')",
    ),
    "a total of -5": (
        "HSET order:2 customer 1 total -5",
        "INSERT INTO orders VALUES (2, -5, 1)",
    ),
    "a total of `five`": (
        "HSET order:3 customer 1 total five",
        "INSERT INTO orders VALUES (3, 'five', 1)",
    ),
    "a misspelt column": (
        "HSET order:4 custmer 1 total 5",
        "INSERT INTO orders (id, custmer) VALUES (4, 1)",
    ),
    "a list command on a hash": ("RPUSH customer:1 x", None),
}
# --8<-- [end:schema]


def to_redis(command):
    try:
        client.execute_command(*command.split())
    except ResponseError as refusal:
        return f"refused: `{str(refusal).split()[0]}`"
    return "accepted"


def to_postgresql(statement):
    if not statement:
        return ""
    try:
        connection.execute(statement)
    except psycopg.Error as refusal:
        return f"refused: `{type(refusal).__name__}`"
    return "accepted"


connection.execute(SCHEMA)
client.hset("customer:1", "email", "ann@example.com")
table(
    ("write", "Redis", "PostgreSQL"),
    *(
        (what, to_redis(command), to_postgresql(statement))
        for what, (command, statement) in WRONG.items()
    ),
)
