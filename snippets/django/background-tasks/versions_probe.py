"""What this Django has for background work, with its own default settings."""

import threading

import django

print(django.__version__)
try:
    from django.tasks import task, task_backends
except ModuleNotFoundError as error:
    print(f"`{type(error).__name__}: {error}`")
    raise SystemExit from None
print("imported")

from django.conf import settings

settings.configure()
django.setup()
# --8<-- [start:probe]
threads = []


@task
def job():
    threads.append(threading.current_thread())


result = job.enqueue()
# --8<-- [end:probe]
print(f"`{type(task_backends['default']).__name__}`")
in_caller = threads == [threading.current_thread()]
print(f"`{result.status}`, ran in the caller: {in_caller}")
