# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "redis", "kombu", "amqp"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 60
# ///
"""What Redis is asked for while kombu publishes one message."""

import os

from kombu import Connection, Exchange, Queue
from wire import redis_of

url = os.environ["REDIS_URL"]
redis = redis_of(url)


# --8<-- [start:publish]
orders = Exchange("orders", "topic")
with Connection(url) as connection:
    for pattern in ("order.*", "order.#", "*.*.eu"):
        Queue(pattern, orders, pattern)(connection).declare()
    with redis.monitor() as monitor:
        producer = connection.Producer(exchange=orders)
        producer.publish("x", routing_key="order.paid")
        # --8<-- [end:publish]
        redis.echo("end")
        said = iter(monitor.listen())
        commands = list(iter(lambda: next(said)["command"], "ECHO end"))

names = [command.split(" {")[0] for command in commands]
for name in sorted(names, reverse=True):  # the pushes come in any order
    if name.startswith(("SMEMBERS", "LPUSH")):
        print(name)
