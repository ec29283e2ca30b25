# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 60
# ///
"""When is crontab(hour=0, minute=0) due?"""

from datetime import UTC, datetime

from due import due, times

from acked.lab import table

def main():
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    rows = []
    for zone in (None, "Europe/Berlin", "Asia/Tokyo"):
        [moment] = due(summer, 24, zone, hour=0, minute=0)
        rows.append([f"`{zone}`" if zone else "not set", times([moment]),
                     f"{moment.astimezone(UTC):%H:%M} UTC"])
    table(["`timezone`", "`crontab(hour=0, minute=0)`", "that is"], *rows)


if __name__ == "__main__":
    main()
