# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# ///
"""Settings that are said to make tasks durable, and what they change."""

from celery import Celery


def ship(order):
    """The task; no worker runs it here."""


# --8<-- [start:message]
def sent_task(**settings):
    """The message of one task, read back from the broker."""
    app = Celery("shop")
    app.conf.update(settings)
    app.task(ship).delay(7)
    with app.connection() as connection:
        return connection.default_channel.basic_get("celery", no_ack=True)


# --8<-- [end:message]


def modes() -> None:
    # --8<-- [start:modes]
    cases = [
        {},
        {"task_serializer": "json", "result_persistent": True},
        {"task_serializer": "pickle", "result_persistent": False},
        {"task_default_delivery_mode": "transient"},
        {
            "task_default_delivery_mode": "transient",
            "task_serializer": "json",
            "result_persistent": True,
        },
    ]
    for settings in cases:
        mode = sent_task(**settings).properties["delivery_mode"]
        # --8<-- [end:modes]
        said = ", ".join(f"`{k}={v!r}`" for k, v in settings.items())
        print(f"| {said or 'none'} | {mode} |")


if __name__ == "__main__":
    print("| settings | delivery mode of the task |")
    print("|---|--:|")
    modes()
