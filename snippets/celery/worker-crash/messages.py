# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu"]
#
# [tool.acked]
# services = ["rabbitmq"]
# timeout = 120
# ///
"""Does acks_late make a message persistent? Read the raw messages."""

from celery import Celery

app = Celery("messages")


# --8<-- [start:tasks]
@app.task
def charge(order):
    """Acknowledged early."""


@app.task(acks_late=True)
def charge_late(order):
    """Acknowledged late."""
# --8<-- [end:tasks]


# --8<-- [start:read]
def raw_message(task):
    task.delay("A")
    with app.connection_for_read() as connection:
        return connection.default_channel.basic_get("celery", no_ack=True)
# --8<-- [end:read]


def main():
    print("| task | `delivery_mode` | a header that says `acks_late` |")
    print("|---|---|---|")
    for task, name in ((charge, "early ack"), (charge_late, "`acks_late`")):
        message = raw_message(task)
        mode = message.properties["delivery_mode"]
        words = {1: "1, transient", 2: "2, persistent"}[mode]
        told = any("ack" in header for header in message.headers)
        print(f"| {name} | {words} | {'yes' if told else 'none'} |")


if __name__ == "__main__":
    main()
