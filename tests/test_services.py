"""Each server really starts, dies, freezes, and comes back on its own data."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import redis
from mirakuru.base import ENV_UUID

from acked import sandbox
from acked.services import PostgreSQL, RabbitMQ, Redis, ServiceError, accepts

ROOT = Path(__file__).parent.parent


def test_redis() -> None:
    with Redis("--appendonly yes") as server:
        server.client().set("key", "value")
        server.kill()
        assert not accepts(server.port)
        server.start()
        assert server.client().get("key") == "value"
        with server.frozen(), pytest.raises(redis.TimeoutError):
            server.client(socket_timeout=0.3).ping()
        assert server.client().ping()
        server.restart()
        assert server.client().get("key") == "value"
        home = server.home
    assert not home.exists()
    assert not accepts(server.port)


CONFIGS = {
    "all kinds": ("# it's a comment\nsave 900 1\nsave 300 10\nmaxmemory 64mb\n", None),
    "no save points": ('save ""\nappendonly yes\n', None),
    "the last one counts": ("appendonly yes\nappendonly no\n", None),
    "changed by an option": ("hz 10\n", "redis.conf:1: hz is '20' in the server"),
}


@pytest.mark.parametrize("text, wrong", CONFIGS.values(), ids=CONFIGS)
def test_each_directive_is_read_back(tmp_path: Path, text: str, wrong: str | None) -> None:
    config = tmp_path / "redis.conf"
    config.write_text(text)
    with ExitStack() as stack:
        server = Redis("--hz 20" if wrong else "", config=config)
        if wrong:
            stack.enter_context(pytest.raises(ServiceError, match=re.escape(wrong)))
        stack.enter_context(server)


def test_postgresql() -> None:
    with PostgreSQL() as server:
        with psycopg.connect(server.create_database("shop")) as connection:
            connection.execute("CREATE TABLE orders AS SELECT 1 AS id")
        server.kill()
        server.start()
        server.restart()
        with psycopg.connect(server.database_url("shop")) as connection:
            assert connection.execute("SELECT id FROM orders").fetchone() == (1,)
    assert not accepts(server.port)


def test_rabbitmq() -> None:
    with RabbitMQ(vhosts=["shop"]) as node:
        assert "shop" in node.rabbitmqctl("list_vhosts")
        node.kill()
        assert not accepts(node.port)
        node.start()
        node.restart()
        assert "shop" in node.rabbitmqctl("list_vhosts")
    assert not accepts(node.port)


DAEMON = """
import os, signal
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(flush=True)
signal.pause()
"""


def test_the_sandbox_ends_all_that_was_started() -> None:
    """A daemon that left its session, and the bwrap killed from outside."""
    argv = sandbox.wrap([sys.executable, "-c", DAEMON], ROOT)
    process = subprocess.Popen(argv, stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"\n"
    process.kill()
    # The pipe ends only when the last process that holds it is gone.
    assert process.stdout.read() == b""
    process.wait()


def test_a_process_that_ends_kills_no_service_of_others() -> None:
    """mirakuru's own handler at exit would: the mark below holds the pid of `other`."""
    imports = "import acked.services; input()"
    with subprocess.Popen([sys.executable, "-c", imports], stdin=subprocess.PIPE) as other:
        marked = {ENV_UUID: f"1:cafe{other.pid}cafe"}
        with subprocess.Popen(["sleep", "60"], env={**os.environ, **marked}) as service:
            other.communicate(b"\n")
            assert other.returncode == 0
            assert service.poll() is None
            service.kill()
