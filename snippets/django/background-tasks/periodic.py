# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "Django>=6", "psycopg[binary]", "celery[redis]", "redis",
#     "django-tasks-db", "django-crontask", "dj-database-url",
# ]
#
# [tool.acked]
# services = ["postgresql", "redis"]
# timeout = 240
# ///
import os
import sys
import tempfile
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "with_crontask"

# crontask looks for `tasks` in the apps: one that imports ours.
folder = Path(tempfile.mkdtemp())
(folder / "reports").mkdir()
(folder / "reports" / "__init__.py").touch()
(folder / "reports" / "tasks.py").write_text("import periodic_tasks\n")
sys.path.insert(0, str(folder))
os.environ["PYTHONPATH"] = (
    f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
)

from jobs import PROJECT, environment, mailbox
from shop.script import start, table

start()

from acked.services import Program, wait_until
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult
from periodic_tasks import clean_up, cron


def scheduler(name, ready="Starting scheduler", **lock):
    env = environment("with_crontask", SCHEDULER=name, **lock)
    return Program("manage.py crontask", PROJECT, ready, env)


def enqueued(name):
    return int(mailbox.hget(name, "clean_up") or 0)


with scheduler("A"), scheduler("B"):
    wait_until(lambda: enqueued("A") > 1 and enqueued("B") > 1)
executed = mailbox.get("clean-ups") or 0
waiting = DBTaskResult.objects.filter(  # and not crontask's heartbeat
    status="READY", task_path="periodic_tasks.clean_up"
).count()
call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
with scheduler("C", LOCK="1") as third:
    wait_until(lambda: enqueued("C"))
    with scheduler("D", "Acquiring", LOCK="1") as fourth:
        wait_until(lambda: fourth.process.poll() is not None)
        refusal = fourth.log().strip().splitlines()[-1]
    with scheduler("E", "Acquiring", LOCK="30"):
        third.kill()
        wait_until(lambda: enqueued("E"))
try:
    cron("0 3 * * 1")(clean_up)
except ValueError as error:
    weekday = str(error).split(" (")[0]
table(
    ("schedulers", "what came of it"),
    ("two, no lock", "both enqueue"),
    ("executed by the schedulers", executed),
    (
        "executed by `db_worker`",
        "all" if int(mailbox.get("clean-ups")) == waiting else "some",
    ),
    (
        "two, lock in Redis",
        f"the second enqueues {enqueued('D')} tasks: `{refusal}`",
    ),
    ("a third, after SIGKILL to the first", "takes over"),
    ('`@cron("0 3 * * 1")`', f"`ValueError: {weekday}`"),
)
