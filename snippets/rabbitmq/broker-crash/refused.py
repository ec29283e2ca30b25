# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""What RabbitMQ says to mirroring, and to a change of the queue's type."""

import json

from amqp.exceptions import PreconditionFailed
from celery import Celery
from kombu import Connection, Queue

from acked.services import RabbitMQ, ServiceError


def ship(order):
    """The task; no worker runs it here."""


def main() -> None:
    with RabbitMQ() as broker, Connection(broker.url) as connection:
        channel = connection.default_channel
        # --8<-- [start:mirror]
        try:
            mirror = '{"ha-mode": "all"}'
            broker.rabbitmqctl("set_policy", "ha-all", ".*", mirror)
        except ServiceError as error:
            print("policy ha-mode:", str(error).splitlines()[-1])

        for argument in ("x-ha-policy", "x-no-such-thing"):
            queue = Queue(argument, queue_arguments={argument: "all"})
            queue(channel).declare()
            print(f"argument {argument}: accepted")
        # --8<-- [end:mirror]
        for feature in ("classic_queue_mirroring", "transient_nonexcl_queues"):
            print(f"{feature}: {phase_of(broker, feature)}")
        Queue("celery")(channel).declare()
        # --8<-- [start:change]
        app = Celery("shop", broker=broker.url)
        app.conf.task_default_queue_type = "quorum"
        try:
            app.task(ship).delay(7)
        except PreconditionFailed as error:
            print(error.reply_text)
        # --8<-- [end:change]


def phase_of(broker: RabbitMQ, feature: str) -> str:
    words = ("list_deprecated_features", "--formatter", "json")
    features = json.loads(broker.rabbitmqctl(*words))
    [phase] = [f["deprecation_phase"] for f in features if f["name"] == feature]
    return phase


if __name__ == "__main__":
    main()
