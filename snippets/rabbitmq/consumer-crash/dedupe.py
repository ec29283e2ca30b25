# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "psycopg[binary]", "redis"]
#
# [tool.acked]
# services = ["postgresql", "rabbitmq", "redis"]
# timeout = 180
# ///
"""SIGKILL a consumer at each moment: how often is the order paid?"""

import os
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import psycopg
from kombu import Connection, Queue
from payer import MOMENTS, WAYS, consume, nowhere

from acked.lab import table
from acked.services import Program

HERE = Path(__file__).resolve().parent
AMQP_URL = os.environ.get("AMQP_URL", "amqp://guest:guest@localhost:5672//")
DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://localhost/postgres")
CASES = {f"order-{n}": pair for n, pair in enumerate(product(WAYS, MOMENTS))}


class Payer(Program):
    def __init__(self, order):
        env = {
            **os.environ,
            "AMQP_URL": AMQP_URL,
            "DATABASE_URL": DATABASE_URL,
        }
        super().__init__("payer.py", HERE, "ready", env)
        self.words += [order, *CASES[order]]


def payments(order, database):
    query = "SELECT count(*) FROM payments WHERE order_id = %s"
    return database.execute(query, [order]).fetchone()[0]


def main():
    with (
        Connection(AMQP_URL) as connection,
        psycopg.connect(DATABASE_URL, autocommit=True) as database,
        ExitStack() as stack,
    ):
        database.execute("CREATE TABLE payments (order_id text)")
        database.execute("CREATE TABLE seen (order_id text PRIMARY KEY)")
        channel = connection.default_channel
        payers = []
        for order in CASES:
            Queue(order)(channel).declare()
            connection.Producer().publish(
                "pay", routing_key=order, message_id=order
            )
            payers.append(stack.enter_context(Payer(order)))
        for payer in payers:
            payer.kill()
        for order, (way, _) in CASES.items():
            consume(order, WAYS[way], channel, database, nowhere)
        rows = [["payments if killed …", *MOMENTS]]
        paid = {CASES[order]: payments(order, database) for order in CASES}
        for way in WAYS:
            rows += [[way, *(paid[way, moment] for moment in MOMENTS)]]
        table(*rows)


if __name__ == "__main__":
    main()
