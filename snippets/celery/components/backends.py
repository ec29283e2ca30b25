# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "celery[redis]", "psycopg[binary]", "sqlalchemy", "pymemcache",
# ]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis", "postgresql", "memcached"]
# environments = ["stand-ins"]
# timeout = 200
# ///
"""Eight result backends, the same five questions.

MongoDB is played by SecantusDB, S3 by moto.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from acked import environments
from acked.lab import table
from acked.services import (
    Memcached,
    Moto,
    PostgreSQL,
    Program,
    Redis,
    Worker,
    free_port,
)

HERE = Path(__file__).resolve().parent
STAND_INS = environments.variables("stand-ins")
BROKER = os.environ["REDIS_URL"]
for name in ("CELERY_BROKER_URL", "CELERY_RESULT_BACKEND"):
    os.environ.pop(name)  # they would win over the settings


def enter_all(stack, services):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(stack.enter_context, services))


def start_servers(stack, home):
    """Each server's service, and the settings of each backend."""
    mongo, s3 = free_port(), Moto()
    program = "-m secantus --port {} --storage-path {}/mongo"
    servers = {
        "Redis": Redis(),
        "Redis, AOF": Redis("--appendonly yes"),
        "PostgreSQL": PostgreSQL(),
        "memcached": Memcached(),
        "MongoDB (SecantusDB)": Program(
            program.format(mongo, home), home, "listening", STAND_INS
        ),
        "S3 (moto)": s3,
    }
    enter_all(stack, servers.values())
    make_bucket(s3.endpoint)
    database = servers["PostgreSQL"].url.replace("://", "+psycopg://")
    # --8<-- [start:urls]
    urls = {
        "Redis": servers["Redis"].url,
        "Redis, AOF": servers["Redis, AOF"].url,
        "PostgreSQL": "db+" + database,
        "memcached": f"cache+memcached://{servers['memcached'].server}/",
        "file system": f"file://{home}/results",
        "RPC": "rpc://",
        "MongoDB (SecantusDB)": f"mongodb://127.0.0.1:{mongo}/",
        "S3 (moto)": "s3",
    }
    # --8<-- [end:urls]
    settings = {}
    for number, (name, url) in enumerate(urls.items()):
        settings[name] = {
            "broker_url": os.environ["AMQP_URL"] if name == "RPC" else BROKER,
            "result_backend": url,
            "task_default_queue": f"queue-{number}",
            "s3_endpoint_url": s3.endpoint,
            "s3_bucket": "results",
            "s3_region": "us-east-1",
            "s3_access_key_id": "key",
            "s3_secret_access_key": "secret",
        }
    (home / "results").mkdir()
    return servers, settings


def run(*argv):
    done = subprocess.run(
        [sys.executable, *argv],
        cwd=HERE,
        env={**os.environ, **STAND_INS},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-900:]
    return done.stdout


def make_bucket(endpoint):
    run(
        "-c",
        "import boto3; boto3.client('s3', region_name='us-east-1', "
        f"endpoint_url='{endpoint}', aws_access_key_id='key', "
        "aws_secret_access_key='secret').create_bucket(Bucket='results')",
    )


def ask(question, backends):
    return json.loads(run("probe.py", question, json.dumps(backends)))


def worker(settings):
    env = {**STAND_INS, "SETTINGS": json.dumps(settings)}
    options = "--pool=solo --without-gossip --without-mingle"
    return Worker(HERE / "probe.py", options, env)


def yes(value):
    return "yes" if value else "no"


def main():
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        servers, backends = start_servers(stack, Path(folder))
        with ExitStack() as workers:
            enter_all(workers, map(worker, backends.values()))
            sent = ask("send", backends)
        storing = {n: s for n, s in backends.items() if n != "RPC"}
        ask("store", storing)
        time.sleep(3)  # longer than they are to live
        for name, settings in backends.items():
            settings["ids"] = [sent[name]["id"], "brief"]
        other = ask("read", backends)
        killed = {n: s for n, s in backends.items() if n in servers}
        del killed["S3 (moto)"]
        for name in killed:
            servers[name].kill()
            servers[name].start()
        after = ask("read", killed)
    rows = []
    for name in backends:
        task, briefly = sent[name]["id"], "·"
        if name in storing:
            briefly = yes(other[name]["brief"] == "PENDING")
        survives = yes(after[name][task] == "SUCCESS") if name in after else "·"
        rows.append(
            (
                name,
                yes(sent[name]["read"]),
                yes(other[name][task] == "SUCCESS"),
                survives,
                briefly,
                yes(sent[name]["chord"]),
            )
        )
    head = ("result backend", "sender reads it", "another process reads it")
    more = ("there after SIGKILL and restart", "gone after `result_expires`")
    table((*head, *more, "chords"), *rows)


if __name__ == "__main__":
    main()
