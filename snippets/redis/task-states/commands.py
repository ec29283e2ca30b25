# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis"]
# timeout = 120
# ///
"""What a worker sends to Redis when it stores one SUCCESS (MONITOR)."""

from cases import Case

from acked.lab import open_gate
from acked.services import Redis, wait_until

with Redis() as server:
    case = Case("stored", server.url)
    with case.worker:
        order = case.begin("order")
        case.has_state("order", "STARTED")
        with server.monitor() as seen:
            open_gate(order)
            wait_until(lambda: any("SUCCESS" in line for line in seen))
            case.goes_on("next")

stored = next(n for n, line in enumerate(seen) if "SUCCESS" in line)
begin = max(n for n in range(stored) if seen[n].startswith("GET"))
end = seen.index("EXEC", stored)
for line in seen[begin : end + 1]:
    verb, _, key = line.partition(" ")
    print(verb, key.split(order)[0] + "<the id>" if key else "")
