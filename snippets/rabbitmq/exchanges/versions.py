# /// script
# requires-python = ">=3.12"
# dependencies = ["amqp", "celery", "kombu"]
#
# [tool.acked]
# starts = ["rabbitmq"]
# environments = ["bookworm", "trixie"]
# timeout = 240
# ///
"""Do the runs of this page come out the same on older versions?"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from acked.lab import table
from acked.services import RabbitMQ

HERE = Path(__file__).resolve().parent
SERVERS = {"3.10": "bookworm", "4.0": "trixie", "4.3": None}
RUNS = {
    "kinds": "four kinds",
    "nameless": "the nameless exchange",
    "bindings": "a binding gives a copy",
    "unroutable": "no binding fits",
    "routes": "queues and routes",
    "redeclare": "declared again",
}


def on(servers):
    with RabbitMQ(list(RUNS), servers=servers) as node:
        return [printed(name, node.vhost_url(name)) for name in RUNS]


def printed(name, url):
    env = {**os.environ, "AMQP_URL": url}
    words = [sys.executable, f"{name}.py"]
    done = subprocess.run(
        words, cwd=HERE, env=env, check=True, capture_output=True, text=True
    )
    assert done.stdout
    return done.stdout


def main():
    os.environ.pop("CELERY_BROKER_URL", None)  # it would beat what is given
    with ThreadPoolExecutor() as threads:
        by_version = list(threads.map(on, SERVERS.values()))
    rows = [["run", "on " + ", ".join(SERVERS)]]
    by_run = zip(*by_version, strict=True)
    for what, outputs in zip(RUNS.values(), by_run, strict=True):
        same = len(set(outputs)) == 1
        rows += [[what, "the same" if same else "differs"]]
    table(*rows)


if __name__ == "__main__":
    main()
