# /// script
# requires-python = ">=3.12"
# dependencies = ["Django"]
#
# [tool.acked]
# services = []
# timeout = 30
# ///
import logging
from contextlib import suppress

from django.dispatch import Signal, receiver


class Print(logging.Handler):
    def emit(self, record):
        print("log:", record.levelname, record.getMessage())


logging.getLogger("django.dispatch").addHandler(Print())

# --8<-- [start:robust]
order_paid = Signal()


@receiver(order_paid)
def broken(sender, **kwargs):
    return {}["receipt"]


@receiver(order_paid)
def fine(sender, **kwargs):
    print("  fine() ran")


print("send():")
with suppress(KeyError):
    order_paid.send(sender="till")
print("send_robust():")
for called, result in order_paid.send_robust(sender="till"):
    print(f"  {called.__name__}() gave {result!r}")
# --8<-- [end:robust]
