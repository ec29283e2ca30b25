# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 60
# ///
"""When is 02:30 due in the nights in which the clocks change?"""

from datetime import UTC, datetime

from due import due, times

from acked.lab import table

def main():
    nights = {
        "spring, 02:00 → 03:00": datetime(2026, 3, 28, 12, 0, tzinfo=UTC),
        "any other": datetime(2026, 6, 10, 12, 0, tzinfo=UTC),
        "autumn, 03:00 → 02:00": datetime(2026, 10, 24, 12, 0, tzinfo=UTC),
    }
    rows = []
    for night, start in nights.items():
        row = [night]
        for fields in ({"hour": 2, "minute": 30}, {"minute": 30}):
            sent = due(start, 20, "Europe/Berlin", **fields)
            row.append(times(one for one in sent if 1 <= one.hour <= 3))
        rows.append(row)
    head = ["`Europe/Berlin`", "`hour=2, minute=30`", "`minute=30`, 1 to 4 h"]
    table(head, *rows)


if __name__ == "__main__":
    main()
