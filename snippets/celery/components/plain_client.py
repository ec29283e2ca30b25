# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# worker = "--concurrency=1"
# timeout = 60
# ///
"""A task sent with LPUSH, by a client that knows nothing of Celery."""

import json
import os
from base64 import b64encode

from celery import Celery
from redis import Redis

from acked.services import wait_until

app = Celery("plain_client")
redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


@app.task
def refund(order, euros):
    redis.set("refunded", f"order {order}, {euros} euros")


# --8<-- [start:lpush]
def send_refund():
    call = [["A", 500], {}, {}]  # args, kwargs, callbacks
    message = {
        "body": b64encode(json.dumps(call).encode()).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"task": "plain_client.refund", "id": "not-a-uuid"},
        "properties": {
            "body_encoding": "base64",
            "delivery_tag": "1",
            "delivery_info": {"exchange": "", "routing_key": "celery"},
        },
    }
    redis.lpush("celery", json.dumps(message))
# --8<-- [end:lpush]


def main():
    send_refund()
    print("executed:", wait_until(lambda: redis.get("refunded")))


if __name__ == "__main__":
    main()
