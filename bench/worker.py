"""A worker and an interpreter for each file, one after the other, on one Redis."""

import os
import subprocess
import sys
from pathlib import Path

from acked.services import Redis, Worker

with Redis() as redis:
    os.environ["CELERY_BROKER_URL"] = os.environ["CELERY_RESULT_BACKEND"] = redis.url
    for file in sorted(Path(sys.argv[1]).rglob("*.py")):
        with Worker(file, "--concurrency=1"):
            subprocess.run([sys.executable, file], check=True)
