# /// script
# requires-python = ">=3.12"
# dependencies = ["kombu", "redis"]
#
# [tool.acked]
# services = ["rabbitmq", "redis"]
# timeout = 120
# ///
"""A consumer that is frozen or cut off, not dead: when does RabbitMQ notice?"""

import os
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from kombu import Connection, Queue

from acked.lab import note, record, runs, table
from acked.services import Program, Proxy, wait_until

HERE = Path(__file__).resolve().parent
URL = os.environ.get("AMQP_URL", "amqp://guest:guest@localhost:5672//")
PORT = urlsplit(URL).port
CASES = {
    "killed": ("SIGKILL", 2, "yes"),
    "frozen": ("SIGSTOP, heartbeat 2 s", 2, "yes"),
    "cut": ("network gone, heartbeat 2 s", 2, "yes"),
    "busy": ("alive, sends no heartbeats (2 s agreed)", 2, "no"),
    "serving": ("alive, sends heartbeats", 2, "yes"),
    "silent": ("SIGSTOP, no heartbeat agreed", 0, "no"),
}
STAYED = ("serving", "silent")


def next_consumer(name, channel):
    message = wait_until(Queue(name)(channel).get, 60)
    assert message.delivery_info["redelivered"]
    note(f"{name} work")
    message.ack()


def main():
    with Connection(URL) as connection, ExitStack() as stack:
        channel = connection.default_channel
        assert connection.connection.heartbeat == 0  # none by default
        with Connection(URL, heartbeat=120) as asks_for_more:
            assert asks_for_more.connection.heartbeat == 60
        proxy = stack.enter_context(Proxy(PORT))
        holders = {}
        for name, (_, heartbeat, serves) in CASES.items():
            Queue(name)(channel).declare()
            connection.Producer().publish("order", routing_key=name)
            port = proxy.port if name == "cut" else PORT
            url = URL.replace(f":{PORT}/", f":{port}/")
            env = {**os.environ, "AMQP_URL": url}
            holder = Program("frozen_holder.py", HERE, "ready", env)
            holder.words += [name, str(heartbeat), serves]
            holders[name] = stack.enter_context(holder)
        # --8<-- [start:stop]
        holders["killed"].kill()
        holders["frozen"].freeze()
        holders["silent"].freeze()
        proxy.hold()  # takes what comes and passes nothing on
        for name in ("killed", "frozen", "cut", "busy"):
            next_consumer(name, channel)
        for name in STAYED:
            assert Queue(name)(channel).get() is None
        holders["frozen"].thaw()
        holders["silent"].thaw()
        # --8<-- [end:stop]
        for name in ("frozen", "cut"):
            wait_until(partial(record.get, f"{name} lost"), 60)
        for name in list(CASES)[1:]:
            record.rpush(f"{name} go", "the work")
            wait_until(partial(all_done, name))
    rows = [["the first consumer is", "its message", "work done"]]
    for name, (what, *_) in CASES.items():
        went = "stayed with it" if name in STAYED else "went to the next"
        rows += [[what, went, runs(f"{name} work")]]
    table(*rows)


def all_done(name):
    return runs(f"{name} work") == (1 if name in STAYED else 2)


if __name__ == "__main__":
    main()
