# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "psycopg[binary]"]
#
# [tool.acked]
# services = ["redis", "postgresql"]
# timeout = 200
# ///
"""A question that nobody planned for, and the same with an index."""

import os

import psycopg
from redis import Redis as Client

client = Client.from_url(os.environ["REDIS_URL"], decode_responses=True)
connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
ORDERS = 2000
commands = []  # what we send to Redis


def send(*command):
    commands.append(command[0])
    return client.execute_command(*command)


def fill():
    connection.execute(
        "CREATE TABLE orders (id int PRIMARY KEY, city text, total int)"
    )
    connection.execute(
        "INSERT INTO orders SELECT n, CASE WHEN mod(n, 200) = 0 THEN 'Berlin'"
        " ELSE 'Paris' END, n FROM generate_series(1, %s) n",
        [ORDERS],
    )
    connection.execute("ANALYZE orders")
    with client.pipeline(transaction=False) as pipeline:
        for order, city, total in connection.execute("SELECT * FROM orders"):
            pipeline.hset(
                f"order:{order}", mapping={"city": city, "total": total}
            )
        pipeline.execute()


# --8<-- [start:ask]
QUESTION = "SELECT count(*) FROM orders WHERE city = 'Berlin'"


def plan():
    lines = connection.execute(f"EXPLAIN (COSTS OFF) {QUESTION}")
    return " ".join(line.strip() for (line,) in lines)


def berlin_by_scan():
    found, cursor = set(), None  # SCAN may return a key twice
    while cursor != 0:
        scan = "SCAN", cursor or 0, "MATCH", "order:*", "COUNT", 1000
        cursor, keys = send(*scan)
        found |= {k for k in keys if send("HGET", k, "city") == "Berlin"}
    return len(found)


def index_by_hand():
    for order in range(1, ORDERS + 1):
        city = send("HGET", f"order:{order}", "city")
        send("SADD", f"orders in {city}", order)


def berlin_by_index():
    return send("SCARD", "orders in Berlin")
# --8<-- [end:ask]


fill()
# --8<-- [start:compare]
print("PostgreSQL:          ", connection.execute(QUESTION).fetchone()[0])
print("uses an index:       ", "Index" in plan())
connection.execute("CREATE INDEX ON orders (city)")
print("after CREATE INDEX:  ", "Index" in plan())
print("Redis, SCAN:         ", berlin_by_scan())
print("commands, over 2000: ", len(commands) > 2000)
index_by_hand()
commands.clear()
print("Redis, own index:    ", berlin_by_index())
print("commands:            ", len(commands))
client.hset("order:1", "city", "Berlin")
connection.execute("UPDATE orders SET city = 'Berlin' WHERE id = 1")
print("an order moves to Berlin")
print("Redis, own index:    ", berlin_by_index())
print("PostgreSQL:          ", connection.execute(QUESTION).fetchone()[0])
# --8<-- [end:compare]
