# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["celery-5-4", "celery-5-6"]
# timeout = 300
# ///
"""Workers of three Celerys where transient queues for all are forbidden."""

import os
from concurrent.futures import ThreadPoolExecutor

from celery import Celery

from acked import environments
from acked.lab import table
from acked.services import RabbitMQ, Worker, wait_until

# --8<-- [start:app]
app = Celery("deprecated")
if "SHARED_PIDBOX" in os.environ:
    app.conf.control_queue_exclusive = False
# --8<-- [end:app]


# --8<-- [start:cases]
FORBIDDEN = "deprecated_features.permit.transient_nonexcl_queues = false\n"
CASES = {
    "5.7": {},
    "5.7, `control_queue_exclusive=False`": {"SHARED_PIDBOX": "yes"},
    "5.6": environments.variables("celery-5-6"),
    "5.4": environments.variables("celery-5-4"),
}
# --8<-- [end:cases]
REFUSED = "Feature `transient_nonexcl_queues` is deprecated."


class Watched(Worker):
    def ready(self):
        lost = self.log().count("Connection to broker lost")
        return super().ready() or (REFUSED in self.log() and lost > 1)


def main():
    def outcome(config):
        with RabbitMQ(config=config) as node:
            # --8<-- [start:start]
            for env in CASES.values():
                url = {"CELERY_BROKER_URL": node.url}
                with Watched(__file__, "-c 1", {**env, **url}) as worker:
                    refused = REFUSED in worker.log()
                    yield "refused, tries again" if refused else "starts"
            wait_until(lambda: REFUSED in node.log(), 30)
            # --8<-- [end:start]

    with ThreadPoolExecutor(2) as pool:
        outcomes = pool.map(lambda c: [*outcome(c)], ["", FORBIDDEN])
    head = "Celery", "Debian's 4.3.6", "the same, forbidden"
    table(head, *zip(CASES, *outcomes, strict=True))


if __name__ == "__main__":
    main()
