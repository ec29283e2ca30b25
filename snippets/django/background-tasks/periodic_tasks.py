"""Tasks with a schedule, for django-crontask."""

import os

# --8<-- [start:tasks]
from apscheduler.triggers.interval import IntervalTrigger
from crontask import cron
from django.tasks import task
from jobs import mailbox


@cron("0 3 * * Mon-Fri")  # at three o'clock on weekdays
@cron(IntervalTrigger(seconds=1))  # and now, to see it run
@task
def clean_up():
    mailbox.incr("clean-ups")
# --8<-- [end:tasks]


from django.tasks.signals import task_enqueued


def note(sender, task_result, **_):
    """Which process enqueued what."""
    name = os.environ.get("SCHEDULER", "")
    mailbox.hincrby(name, task_result.task.name, 1)


task_enqueued.connect(note, dispatch_uid="note")
