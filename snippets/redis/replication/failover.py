# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 180
# ///
"""SIGKILL of a primary with two replicas and three Sentinels, on a clock."""

import re
from datetime import datetime

from group import Group, settled, watched

from acked.services import wait_until

LOGGED = re.compile(r"^\d+:X (\d+ \w+ \d+ [\d:.]+) \S (\S+) (\w*)", re.M)
ABOUT = {"+promoted-slave": "slave", "+switch-master": "mymaster"}
lines: list[tuple[float, str, str, str]] = []


def note(lane: str, mark: str, text: str, at: float | None = None) -> None:
    lines.append((at or datetime.now().timestamp(), lane, mark, text))


def logged(group: Group, event: str, after: float) -> list[float]:
    """When the Sentinels noted an event about the primary."""
    moments = []
    for sentinel in group.sentinels:
        for moment, name, about in LOGGED.findall(sentinel.log()):
            at = datetime.strptime(moment, "%d %b %Y %H:%M:%S.%f").timestamp()
            if name == event and about in ABOUT.get(name, "master"):
                moments += [at] if at > after else []
    return sorted(moments)


def tell(group: Group, killed: float) -> None:
    down = logged(group, "+sdown", killed)[0]
    note("Sentinels", "+", "one has no answer for 2 s: +sdown", down)
    agreed = logged(group, "+odown", killed)[0]
    note("Sentinels", ".", "two agree: +odown", agreed)
    elected = logged(group, "+elected-leader", killed)[-1]
    note("Sentinels", ".", "one is elected: +elected-leader", elected)
    promoted = logged(group, "+promoted-slave", killed)[-1]
    note("replica", ".", "is primary: +promoted-slave", promoted)
    switched = logged(group, "+switch-master", killed)[-1]
    note("Sentinels", "-", "all name the new one", switched)


with watched(options="--appendonly yes") as group:
    # --8<-- [start:failover]
    old = group.primary
    client = old.client(single_connection_client=True)
    note("old primary", "+", "takes writes 1 to 1000")
    for number in range(1, 1001):
        client.set(f"order:{number}", "paid")
    assert client.wait(2, 0) == 2
    group.cut_off()
    note("replica", ".", "both cut off from the primary")
    for number in range(1001, 1101):
        client.set(f"order:{number}", "paid")
    note("old primary", ".", "acknowledges 1001 to 1100")
    old.kill()
    note("old primary", "x", "SIGKILL")
    killed = datetime.now().timestamp()
    new = group.now_primary()
    wait_until(lambda: len(logged(group, "+switch-master", killed)) == 3)
    note("client", ".", f"finds {new.client().dbsize()} of 1100")
    old.start()
    note("old primary", "+", f"is back with {old.client().dbsize()}")
    assert old.client().set("order:1101", "paid")
    note("old primary", ".", "acknowledges one more")
    wait_until(lambda: settled(old, keys=1000), 90)
    note("old primary", "-", "is a replica and has 1000")
    # --8<-- [end:failover]
    tell(group, killed)

began = min(lines)[0]
for at, *text in sorted(lines):
    print(f"{at - began:.2f}", *text, sep="  ")
