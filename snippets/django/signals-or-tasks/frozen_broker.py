# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]", "kombu"]
#
# [tool.acked]
# starts = ["redis", "rabbitmq"]
# timeout = 240
# ///
import socket
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "project"))

from acked.services import RabbitMQ, Redis, wait_until
from celery import Celery
from kombu import pools
from kombu.exceptions import OperationalError
from shop.script import table

HELLO = {Redis: b"PING\r\n", RabbitMQ: b"AMQP\x00\x00\x09\x01"}


def send_receipt(order_id):
    """No worker runs here: we count what waits for one."""


def new_app(broker, options):
    pools.reset()  # or all apps of this process share their connections
    app = Celery("shop", broker=broker.url, set_as_current=False)
    app.conf.broker_transport_options = options
    return app


def answers(broker):
    """SIGSTOP takes a moment to reach all threads of a busy server."""
    address = ("127.0.0.1", broker.port)
    with socket.create_connection(address, timeout=0.5) as connection:
        connection.sendall(HELLO[type(broker)])
        try:
            return connection.recv(1)
        except TimeoutError:
            return b""


def freeze(broker):
    broker.freeze()
    wait_until(lambda: not answers(broker), 30, "a frozen broker")


# --8<-- [start:call]
class Call(threading.Thread):
    """delay() in a thread, for it may not return."""

    outcome = "waits"

    def __init__(self, task):
        super().__init__(daemon=True)
        self.task = task
        self.start()

    def run(self):
        try:
            self.task.delay(1)
            self.outcome = "returns"
        except OperationalError as error:
            self.outcome = f"raises `{type(error).__name__}`"


def frozen(broker, options, then):
    app = new_app(broker, options)
    task = app.task(send_receipt)
    task.delay(0)  # opens the connection
    app.control.purge()
    freeze(broker)
    call = Call(task)
    call.join(30 if "socket_timeout" in options else 2)
    while_frozen = call.outcome
    if then == "it goes on":
        broker.thaw()
    else:
        broker.kill()
    call.join(60)
# --8<-- [end:call]
    if then == "SIGKILL":
        broker.start()
    purge = new_app(broker, {}).control.purge
    waiting = wait_until(purge) if then == "it goes on" else purge()
    shown = ", ".join(f"`{key}={options[key]}`" for key in options)
    then = f"{then}: {call.outcome}" if while_frozen == "waits" else then
    return type(broker).__name__, shown, while_frozen, then, waiting


with Redis() as redis, RabbitMQ() as rabbitmq:
    table(
        ("broker", "option", "`delay()`", "then", "tasks in the queue"),
        frozen(redis, {}, "it goes on"),
        frozen(redis, {"socket_timeout": 0.5}, "it goes on"),
        frozen(rabbitmq, {}, "it goes on"),
        frozen(rabbitmq, {}, "SIGKILL"),
        frozen(rabbitmq, {"confirm_publish": True}, "SIGKILL"),
    )
