"""Jobs for django-cron."""

# --8<-- [start:job]
from django_cron import CronJobBase, Schedule
from jobs import work


class MyCronJob(CronJobBase):
    schedule = Schedule(run_every_mins=60)
    code = "my_app.my_cron_job"

    def do(self):
        work(self.code)
# --8<-- [end:job]


class Broken(CronJobBase):
    schedule = Schedule(run_every_mins=60)
    code = "broken"

    def do(self):
        work(self.code)
        raise ConnectionError("the mail server is down")
