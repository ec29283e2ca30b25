# /// script
# requires-python = ">=3.12"
# dependencies = ["celery", "httpx", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# timeout = 120
# ///
"""The picture of what one worker has made in RabbitMQ."""

import os

from broker import Node, plain
from celery import Celery

from acked.services import Worker, wait_until

app = Celery("topology")
app.conf.broker_url = os.environ.get("CELERY_BROKER_URL")


# --8<-- [start:task]
@app.task
def ship(order):
    """Each run of it is one message."""
# --8<-- [end:task]


def main():
    with Node() as node:
        url = {"CELERY_BROKER_URL": node.url}
        # --8<-- [start:ask]
        with node.traced() as traces, Worker(__file__, "-c 1", url) as worker:
            with app.connection_for_write(node.url) as connection:
                ship.apply_async([7], connection=connection)
            wait_until(lambda: "succeeded" in worker.log(), 60)
            wait_until(lambda: len(node.listed("consumers")) >= 3, 60)
            [task] = [t for t in traces() if is_publish(t, "celery")]
            kinds = {e["name"]: e["type"] for e in node.listed("exchanges")}
            bindings = node.listed("bindings")
            consumers = node.listed("consumers")
        # --8<-- [end:ask]
        bindings = [b for b in bindings if b["destination"] != "tap"]

        # --8<-- [start:draw]
        def exchange(name):
            return f"exchange {name or '(default)'}: {kinds[name]}"

        sent_to = task.headers["exchange_name"]
        draw(f"client {app.main}.py", "celery", exchange(sent_to))
        for binding in sorted(bindings, key=lambda b: b["source"]):
            source, queue = binding["source"], binding["destination"]
            if source or queue == "celery":
                key = binding["routing_key"] or "-"
                draw(exchange(source), key, f"queue {plain(queue)}")
        for consumer in sorted(consumers, key=lambda c: c["queue"]["name"]):
            acks = "with ack" if consumer["ack_required"] else "no ack"
            draw(f"queue {plain(consumer['queue']['name'])}", acks, "worker")
        # --8<-- [end:draw]


def is_publish(trace, key):
    said = trace.delivery_info["routing_key"]
    return said.startswith("publish.") and key in trace.headers["routing_keys"]


def draw(*columns):
    print("  ".join(columns))


if __name__ == "__main__":
    main()
