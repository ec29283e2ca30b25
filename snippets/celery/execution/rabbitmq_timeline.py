# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 120
# ///
"""One task on RabbitMQ: who has it, and when. Times of the broker are those of
the AMQP frames on their way to and from it.
"""

import os

from wire import AmqpTap, Monitor

tap = AmqpTap(os.environ["CELERY_BROKER_URL"])
os.environ["CELERY_BROKER_URL"] = tap.url

from journey import show, travel


def main():
    monitor = Monitor(os.environ["REDIS_URL"])
    # --8<-- [start:seen]
    events = travel(
        monitor,
        was_sent=lambda: tap.find("basic.publish", "celery"),
        was_fetched=lambda: tap.find("basic.deliver", "celery"),
        was_acknowledged=lambda: tap.find("basic.ack", ""),
    )
    # --8<-- [end:seen]
    show(events)


if __name__ == "__main__":
    main()
