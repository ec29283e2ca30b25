# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 90
# ///
"""What native delayed delivery needs: a worker first, and whole seconds."""

from celery import Celery

from acked.lab import note, runs
from acked.services import Worker, wait_until

app = Celery("native_needs")
app.conf.task_default_queue_type = "quorum"
app.conf.task_default_exchange_type = "topic"


@app.task
def remind(key):
    note(key)


# --8<-- [start:answer]
def answer(key, countdown, confirms):
    options = {"confirm_publish": confirms}
    with app.connection_for_write(transport_options=options) as broker:
        try:
            remind.apply_async([key], countdown=countdown, connection=broker)
        except Exception as error:
            return f"{type(error).__name__}: {error}".split(" in vhost")[0]
        return "returns"
# --8<-- [end:answer]


def main():
    # --8<-- [start:send]
    print("no worker yet, confirms:", answer("a", 1, confirms=True))
    print("no worker yet:", answer("b", 1, confirms=False))
    with Worker(__file__, "--concurrency=1"):
        print("countdown 0.5:", answer("c", 0.5, confirms=True))
        print("countdown 3:", answer("d", 3, confirms=True))
        wait_until(lambda: runs("d"), 60)
    print("runs:", *[runs(key) for key in "abcd"])
    # --8<-- [end:send]


if __name__ == "__main__":
    main()
