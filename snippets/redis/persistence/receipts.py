"""A worker that sends receipts; its broker and its results are one Redis."""

from pathlib import Path

from acked.services import Redis, Worker

TASKS = Path(__file__).with_name("tasks.py")


def worker_for(server: Redis) -> Worker:
    environment = {
        "CELERY_BROKER_URL": server.url,
        "CELERY_RESULT_BACKEND": server.url,
        "SENT": str(server.home / "sent"),
    }
    return Worker(TASKS, "--pool solo", environment)
