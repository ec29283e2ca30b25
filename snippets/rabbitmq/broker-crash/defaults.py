# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""Ask a real broker what Celery asks for when nobody configures anything."""

from celery import Celery

from acked.lab import table
from acked.services import RabbitMQ


def main() -> None:
    with RabbitMQ() as broker:
        # --8<-- [start:send]
        app = Celery("shop", broker=broker.url)  # no other setting
        app.send_task("ship", [7])

        queue = broker.rabbitmqctl("list_queues", "name", "type", "durable")
        channel = broker.rabbitmqctl("list_channels", "user", "confirm")
        with app.connection() as connection:
            task = connection.default_channel.basic_get("celery")
        # --8<-- [end:send]
        name, kind, durable = queue.splitlines()[-1].split()
        confirm = channel.split()[-1]
        mode = task.properties["delivery_mode"]
        table(
            ("what", "Celery's default", "who says so"),
            ("queue", f"`{name}`", "`rabbitmqctl list_queues`"),
            ("its type", kind, "`rabbitmqctl list_queues`"),
            ("durable", durable, "`rabbitmqctl list_queues`"),
            ("delivery mode", mode, "the message"),
            ("confirms", confirm, "`rabbitmqctl list_channels`"),
        )


if __name__ == "__main__":
    main()
