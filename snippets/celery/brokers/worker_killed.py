# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "celery[redis]", "redis"]
#
# [tool.acked]
# services = ["redis"]
# starts = ["redis", "valkey", "rabbitmq"]
# environments = ["stand-ins"]
# timeout = 300
# ///
"""acks_late: worker A is killed in its task; when does worker B get it?"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from six_brokers import BROKERS, environment

from amqp.exceptions import ChannelError
from celery import Celery
from shop import done, open_gate, started

from acked.lab import table
from acked.services import ServiceError, Worker, wait_until

SHOP = Path(__file__).with_name("shop.py")
NO_WORKER = 4  # seconds to look at the queue
PATIENCE = 120  # seconds, on a busy machine
FLAGS = "--concurrency=1 --prefetch-multiplier=1 --without-gossip"
# --8<-- [start:timeout]
TIMEOUT = {
    "visibility_timeout": 12,  # Redis: 3600 by default, SQS: 1800
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
# --8<-- [end:timeout]


def waiting(connection):
    """What a worker could fetch now; None where the client cannot tell."""
    if connection.transport.driver_type == "kafka":
        return None
    channel = connection.default_channel
    with suppress(ChannelError):  # Redis has no empty lists
        return channel.queue_declare("celery", passive=True).message_count
    return 0


def given_back(connection):
    """Whether the message is in the queue again, with no worker there."""
    if waiting(connection) is None:
        return "not asked"
    with suppress(ServiceError):
        wait_until(lambda: waiting(connection), NO_WORKER)
        return "yes"
    return "**no**"


def crash(name):
    kind, settings = BROKERS[name]
    options = {**settings.get("broker_transport_options", {}), **TIMEOUT}
    settings = {
        **settings,
        "broker_transport_options": options,
        "task_acks_late": True,
    }
    with kind() as broker:
        app = Celery("shop", broker=broker.url, set_as_current=False)
        app.conf.update(settings)
        env = environment(broker.url, settings)
        # --8<-- [start:crash]
        with Worker(SHOP, FLAGS, {**env, "WORKER": "A"}) as a:
            app.send_task("shop.hold", [name, 1])
            wait_until(lambda: started(name), PATIENCE)
            a.kill()
        with app.connection_for_write() as connection:
            at_once = given_back(connection)
        with Worker(SHOP, FLAGS, {**env, "WORKER": "B"}):
            wait_until(lambda: len(started(name)) == 2, PATIENCE)
            open_gate(name)
            wait_until(lambda: done(name), PATIENCE)
        # --8<-- [end:crash]
    return name, at_once, " ".join(started(name)), len(done(name))


def main():
    with ThreadPoolExecutor(3) as pool:
        jobs = {name: pool.submit(crash, name) for name in reversed(BROKERS)}
        rows = [jobs[name].result() for name in BROKERS]
    head = "broker", "back with no worker there", "started by", "done"
    table(head, *rows)


if __name__ == "__main__":
    main()
