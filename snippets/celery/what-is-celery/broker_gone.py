# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis", "rabbitmq"]
# timeout = 150
# ///
"""delay() with the broker gone: how often does it try, and what comes back?"""

import os

from celery import Celery
from kombu.exceptions import OperationalError

from acked.lab import table
from acked.services import Proxy, RabbitMQ, Redis

app = Celery("broker_gone", backend=os.environ["CELERY_RESULT_BACKEND"])


@app.task
def send_mail():
    """Never runs: there is no worker."""


# --8<-- [start:send]
def view(connection, **options):
    try:
        send_mail.apply_async(connection=connection, **options)
    except OperationalError as error:
        return type(error).__name__
    return "response"
# --8<-- [end:send]


def attempts(server, **options):
    """The answer, and how many connections were opened for it."""
    with Proxy(server.port) as proxy:
        url = server.url.replace(f":{server.port}", f":{proxy.port}")
        with app.connection_for_write(url) as connection:
            healthy = view(connection)
            server.kill()
            proxy.cut()
            before = proxy.accepted
            gone = view(connection, **options)
            tried = proxy.accepted - before
        server.start()
    return healthy, gone, "more than 3" if tried > 3 else "at most 3"


def main():
    rows = [["broker", "it runs", "it is gone", "setting", "connections tried"]]
    for name, server in (("Redis", Redis()), ("RabbitMQ", RabbitMQ())):
        with server:
            healthy, gone, tried = attempts(server)
            rows.append([name, healthy, f"`{gone}`", "default", tried])
            healthy, gone, tried = attempts(server, retry=False)
            rows.append([name, healthy, f"`{gone}`", "`retry=False`", tried])
    table(*rows)


if __name__ == "__main__":
    main()
