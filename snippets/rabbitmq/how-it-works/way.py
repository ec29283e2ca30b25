# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "httpx", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""Which exchange each of Celery's messages takes, and who gets it."""

import os

from broker import Node, plain
from celery import Celery

from acked.lab import table
from acked.services import Worker, wait_until

app = Celery("way")
# --8<-- [start:task]
app.conf.result_backend = "rpc://"


@app.task
def ship(order):
    """Each run of it is one message."""
# --8<-- [end:task]


def main():
    with Node() as node, node.traced() as traces:
        url = {"CELERY_BROKER_URL": node.url}
        os.environ.update(url)
        with (
            Worker(__file__, "--concurrency=1 -E", url),
            Worker(__file__, "--concurrency=1 -E", url),
        ):
            # --8<-- [start:messages]
            traces()  # what the start of two workers has left
            ship.delay(7).get(timeout=60)
            wait_until(lambda: len(app.control.ping(timeout=2)) == 2, 60)
            # --8<-- [end:messages]
            seen = {}

            def all_seen():
                for trace in traces():
                    kind = kind_of(trace)
                    if kind:
                        seen.setdefault(kind, trace.headers)
                return len(seen) == 5

            wait_until(all_seen, 60, "five kinds of messages")
        # --8<-- [start:table]
        rows = []
        for kind in sorted(seen):
            said = seen[kind]
            name = said["exchange_name"] or "(default)"
            key = plain(said["routing_keys"][0]) or "-"
            into = said["routed_queues"]
            queue = plain(into[0]) if into else "-"
            rows.append([kind, f"`{name}`", f"`{key}`", queue, len(into)])
        # --8<-- [end:table]
        head = "message", "exchange", "routing key", "into queue", "queues"
        table(head, *rows)


def kind_of(trace):
    """None for what is not of interest: heartbeats, deliveries."""
    if not trace.delivery_info["routing_key"].startswith("publish."):
        return None
    body = trace.body.decode()
    kinds = {
        "1. task": '"callbacks"',
        "2. task event": "task-received",
        "3. result": '"SUCCESS"',
        "4. command `ping`": '"method": "ping"',
        "5. answer to it": '"pong"',
    }
    name = trace.headers["exchange_name"]
    for kind, part in kinds.items():
        if part in body and (name == "celeryev") == ("event" in kind):
            return kind
    return None


if __name__ == "__main__":
    main()
