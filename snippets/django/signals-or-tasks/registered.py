# /// script
# requires-python = ">=3.12"
# dependencies = ["Django"]
#
# [tool.acked]
# services = []
# timeout = 30
# ///
from django.dispatch import Signal

called = []


def count(what, signal):
    called.clear()
    signal.send(sender="till")
    print(f"{what}: called {len(called)} x")


# --8<-- [start:weak]
def new_receiver():
    def receiver(sender, **kwargs):
        called.append("called")

    return receiver


weak = Signal()
weak.connect(new_receiver())
count("nothing else holds the function", weak)

held = Signal()
function = new_receiver()
held.connect(function)
count("a name holds it", held)

strong = Signal()
strong.connect(new_receiver(), weak=False)
count("weak=False", strong)
# --8<-- [end:weak]

decorated = Signal()
print("what @signal.connect leaves:", decorated.connect(new_receiver()))

# --8<-- [start:twice]
once = Signal()
once.connect(function)
once.connect(function)
count("one function, connected twice", once)

twice = Signal()
again = new_receiver()  # as when its module is imported under a second name
twice.connect(function)
twice.connect(again)
count("two functions from the same lines", twice)

with_uid = Signal()
with_uid.connect(function, dispatch_uid="shop.receiver")
with_uid.connect(again, dispatch_uid="shop.receiver")
count("the same with dispatch_uid", with_uid)
# --8<-- [end:twice]
