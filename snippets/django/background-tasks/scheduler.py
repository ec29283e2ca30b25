"""An app that starts its scheduler thread where many do: in ready()."""

import os
import threading

from django.apps import AppConfig
from jobs import mailbox


# --8<-- [start:ready]
class SchedulerConfig(AppConfig):
    name = "scheduler"

    def ready(self):
        threading.Thread(target=schedule, daemon=True).start()
# --8<-- [end:ready]


def schedule():
    """Stands for `while True: run what is due`."""
    mailbox.sadd(os.environ["LANE"], os.getpid())
    threading.Event().wait()
