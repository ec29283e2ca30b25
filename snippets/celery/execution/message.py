# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu", "redis"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# timeout = 150
# ///
"""The message of one task as it lies on Redis and on RabbitMQ: no worker."""

import base64
import json
import os

from celery import Celery
from redis import Redis

from acked.lab import table

app = Celery("message")
redis = Redis.from_url(os.environ["REDIS_URL"])


# --8<-- [start:task]
@app.task(max_retries=5)
def charge(order, amount):
    """The body of this function stays at home."""
# --8<-- [end:task]


def send(url):
    with app.connection_for_write(url) as connection:
        charge.apply_async([17], {"amount": 5}, connection=connection)


# --8<-- [start:read]
def on_redis():
    send(os.environ["REDIS_URL"])
    raw = redis.rpop("celery")
    message = json.loads(raw)
    body = base64.b64decode(message["body"])
    return raw, message["headers"], message["properties"], body


def on_rabbitmq():
    url = os.environ["CELERY_BROKER_URL"]
    send(url)
    with app.connection_for_read(url) as connection:
        channel = connection.default_channel
        message = channel.basic_get("celery", no_ack=True)
    body = message.body.encode()
    return body, message.headers, message.properties, body
# --8<-- [end:read]


def plain(value):
    """What differs from run to run gets a name instead."""
    text = json.dumps(value)
    return f"`{text}`" if len(text) < 50 else "…"


def main():
    redis_raw, redis_headers, redis_properties, redis_body = on_redis()
    rabbit_raw, headers, properties, body = on_rabbitmq()
    rows = [["what", "on Redis", "on RabbitMQ"]]
    for name in ("task", "argsrepr", "kwargsrepr", "retries", "eta"):
        values = plain(redis_headers[name]), plain(headers[name])
        rows.append([f"header `{name}`", *values])
    for name in ("id", "origin"):
        assert redis_headers[name] and headers[name]
    pid = str(os.getpid())
    origins = [pid in each["origin"] for each in (redis_headers, headers)]
    rows.append(["header `origin` holds the sender's pid", *origins])
    rows.append(["body", f"`{redis_body.decode()}`", f"`{body.decode()}`"])
    encoding = redis_properties["body_encoding"]
    rows.append(["body on the wire", encoding, "as it is"])
    modes = redis_properties["delivery_mode"], properties["delivery_mode"]
    rows.append(["property `delivery_mode`", *modes])
    ids = redis_headers["id"], headers["id"]
    correlation = [
        each["correlation_id"] == task_id
        for each, task_id in zip((redis_properties, properties), ids)
    ]
    rows.append(["property `correlation_id` is the id", *correlation])
    parts = json.dumps([redis_headers, headers], default=str)
    everything = redis_raw.decode() + rabbit_raw.decode() + parts
    everything += redis_body.decode()
    for text in ("stays at home", "max_retries", "acks_late"):
        assert text not in everything
    rows.append(["the function's code, `max_retries`", "no", "no"])
    table(*rows)


if __name__ == "__main__":
    main()
