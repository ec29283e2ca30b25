# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django", "psycopg[binary]", "celery[redis]", "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql"]
# timeout = 90
# ///
import os
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"
sys.path.insert(0, str(PROJECT))

from shop.script import start, table

start()

from django.db import transaction
from django.test import TestCase, TransactionTestCase
from shop.models import Author


def buy():
    sent.clear()
    with transaction.atomic():
        Author.objects.create(name="Ann")
        transaction.on_commit(lambda: sent.append("task"))


sent, counts = [], []


# --8<-- [start:tests]
class InTestCase(TestCase):
    def test_a_plain(self):
        buy()
        counts.append(("`TestCase`", len(sent)))

    def test_b_captured(self):
        with self.captureOnCommitCallbacks(execute=True):
            buy()
        name = "`TestCase`, `captureOnCommitCallbacks(execute=True)`"
        counts.append((name, len(sent)))


class InTransactionTestCase(TransactionTestCase):
    def test_c_plain(self):
        buy()
        counts.append(("`TransactionTestCase`", len(sent)))
# --8<-- [end:tests]


suite = unittest.TestSuite(
    unittest.defaultTestLoader.loadTestsFromTestCase(case)
    for case in (InTestCase, InTransactionTestCase)
)
with open(os.devnull, "w") as nowhere:
    result = unittest.TextTestRunner(stream=nowhere).run(suite)
assert result.testsRun == 3 and result.wasSuccessful(), result.errors
table(("test", "tasks sent"), *counts)
