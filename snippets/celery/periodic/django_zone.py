# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "celery[redis]", "dj-database-url", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 60
# ///
"""Which time zone does the Celery app of a Django project use?"""

import os
import subprocess
import sys
from pathlib import Path

from acked.lab import table

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent / "django" / "project"
READ = "from shop.celery import app; print(app.timezone)"
SETTINGS = {
    "shop.settings": "none",
    "tokyo": "`TIME_ZONE`",
    "tokyo_berlin": "`TIME_ZONE` and `CELERY_TIMEZONE`",
}


def zone(settings):
    """In a process of its own: settings are read once."""
    path = [str(HERE), str(PROJECT), os.environ.get("PYTHONPATH", "")]
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": os.pathsep.join(path),
    }
    command = [sys.executable, "-c", READ]
    done = subprocess.run(command, env=env, capture_output=True, check=True)
    return done.stdout.decode().strip()


rows = [[label, f"`{zone(settings)}`"] for settings, label in SETTINGS.items()]
table(["settings that the project has", "Celery's time zone"], *rows)
