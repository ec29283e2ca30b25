# /// script
# requires-python = ">=3.12"
# dependencies = ["redis", "psycopg[binary]"]
#
# [tool.acked]
# services = ["redis", "postgresql"]
# timeout = 60
# ///
"""A table as a queue: several consumers, and the most urgent job first."""

import os
from contextlib import ExitStack
from pathlib import Path

import psycopg

from acked.services import Program, wait_until
from shop import began, ended, open_gate

HERE = Path(__file__).resolve().parent
CREATE = """
    CREATE TABLE jobs (
        id bigint GENERATED ALWAYS AS IDENTITY, name text, priority int
    )"""
# --8<-- [start:jobs]
JOBS = [("scrape", 0), ("scrape", 0), ("payment", 9), ("1", 10)]
# --8<-- [end:jobs]


def main():
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute(CREATE)
        for job in JOBS:
            connection.execute(
                "INSERT INTO jobs (name, priority) VALUES (%s, %s)", job
            )
    # --8<-- [start:consumers]
    with ExitStack() as stack:
        stack.enter_context(Program("consumer.py table", HERE, "ready"))
        wait_until(lambda: began("table") == ["1"])  # it is busy
        stack.enter_context(Program("consumer.py table", HERE, "ready"))
        wait_until(lambda: len(ended("table")) == 3)
        print("while one consumer is busy, another does:", *ended("table"))
        open_gate("table")
        wait_until(lambda: len(ended("table")) == 4)
    # --8<-- [end:consumers]
    print("jobs done:", len(ended("table")))


if __name__ == "__main__":
    main()
