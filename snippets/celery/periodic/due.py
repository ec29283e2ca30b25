"""When a crontab is due, on a clock that we move."""

from datetime import timedelta

from celery import Celery
from celery.schedules import crontab


# --8<-- [start:due]
def due(start, hours, timezone=None, **fields):
    """When beat would send, asked each minute on a clock of our own."""
    app = Celery(set_as_current=False)
    if timezone:
        app.conf.timezone = timezone
    now = last_run = start.astimezone(app.timezone)
    schedule = crontab(**fields, nowfun=lambda: now, app=app)
    sent = []
    for minute in range(hours * 60):
        now = (start + timedelta(minutes=minute)).astimezone(app.timezone)
        if schedule.is_due(last_run).is_due:
            sent.append(now)
            last_run = now
    return sent
# --8<-- [end:due]


def times(moments):
    return ", ".join(f"{m:%H:%M %Z}" for m in moments) or "never"
