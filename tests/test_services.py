"""Each server really starts, dies, freezes, and comes back on its own data."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg
import pytest
import redis
from mirakuru.base import ENV_UUID
from pymemcache.client.base import Client

from acked import sandbox
from acked.services import (
    Daphne,
    Gunicorn,
    HAProxy,
    Memcached,
    PgBouncer,
    PostgreSQL,
    Program,
    Proxy,
    RabbitMQ,
    Redis,
    Sentinel,
    ServiceError,
    Uvicorn,
    Valkey,
    accepts,
    browser,
    free_port,
    wait_until,
)

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


def test_monitor_tells_what_came_meanwhile() -> None:
    with Redis() as server:
        with server.monitor() as told:
            server.cli("SET", "key", "value")
        server.cli("GET", "key")
    assert "SET key value" in told
    assert "GET key" not in told


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


def test_memcached() -> None:
    with Memcached("-m 2") as server:
        client = Client(server.server)
        client.set("key", b"value")
        assert client.get("key") == b"value"
        server.kill()
        server.start()
        assert Client(server.server).get("key") is None
    assert not accepts(server.port)


STARTED_IN_A_THREAD = """
import threading
from acked.services import Redis
server = Redis()
thread = threading.Thread(target=server.start)
thread.start()
thread.join()
print(server.client().ping(), flush=True)
"""


def test_a_server_outlives_the_thread_that_started_it() -> None:
    argv = sandbox.wrap([sys.executable, "-c", STARTED_IN_A_THREAD], ROOT)
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "True\n", done.stderr


def test_valkey_is_no_redis() -> None:
    with Valkey() as server:
        assert server.cli("INFO", "server")["server_name"] == "valkey"


def test_a_password_in_the_url() -> None:
    with Redis("--requirepass secret", url="redis://:secret@127.0.0.1:{port}/0") as server:
        assert server.cli("PING")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=server.port).ping()


def test_sentinels_promote_a_replica() -> None:
    with ExitStack() as stack:
        primary = stack.enter_context(Redis())
        replica = stack.enter_context(Redis(f"--replicaof 127.0.0.1 {primary.port}"))
        sentinel = stack.enter_context(Sentinel(primary, 1, {"down-after-milliseconds": 500}))
        wait_until(lambda: replica.cli("INFO", "replication")["master_link_status"] == "up")
        wait_until(lambda: sentinel.cli("SENTINEL", "REPLICAS", "mymaster"))
        sentinel.restart()  # it knows its replica from its file
        primary.kill()
        wait_until(lambda: replica.cli("INFO", "replication")["role"] == "master")


POOLS = {
    "accepted": ("[pgbouncer]\npool_mode = transaction\ndefault_pool_size = 3\n", None),
    "another value": ("[pgbouncer]\npool_size = 3\n", "unknown parameter: pgbouncer/pool_size"),
}


@pytest.mark.parametrize("text, wrong", POOLS.values(), ids=POOLS)
def test_pgbouncer(tmp_path: Path, text: str, wrong: str | None) -> None:
    config = tmp_path / "pool.ini"
    config.write_text(text)
    with ExitStack() as stack:
        server = stack.enter_context(PostgreSQL())
        if wrong:
            stack.enter_context(pytest.raises(ServiceError, match=re.escape(wrong)))
        pool = stack.enter_context(PgBouncer(server.url, config))
        with psycopg.connect(pool.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert len(pool.show("SERVERS")) == 1


APPLICATION = """
def wsgi(environ, start_response):
    start_response("200 OK", [])
    return [b"<title>from wsgi</title>"]

async def asgi(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"<title>from asgi</title>"})
"""
BALANCE = """\
defaults
    mode http
    timeout connect 1s
    timeout client 9s
    timeout server 9s
    option redispatch
listen web
    bind 127.0.0.1:"${PORT}"
    server one 127.0.0.1:"${ONE}" check inter 100ms
    server two 127.0.0.1:"${TWO}" check inter 100ms
"""


def test_web_servers_behind_haproxy(tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text(APPLICATION)
    (tmp_path / "balance.cfg").write_text(BALANCE)
    with (
        Gunicorn("small:wsgi", tmp_path, "--workers 1") as one,
        Uvicorn("small:asgi", tmp_path) as two,
        HAProxy(tmp_path / "balance.cfg", {"ONE": str(one.port), "TWO": str(two.port)}) as front,
    ):
        answers = {httpx.get(front.url).text for _ in range(4)}
        assert answers == {"<title>from wsgi</title>", "<title>from asgi</title>"}
        one.kill()
        assert not accepts(one.port)
        assert {httpx.get(front.url).text for _ in range(4)} == {"<title>from asgi</title>"}
    assert not accepts(front.port)


def test_a_directive_that_haproxy_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "wrong.cfg").write_text("frontend web\n    bind :1\n    be nice\n")
    with pytest.raises(ServiceError, match="unknown keyword 'be'"), HAProxy(tmp_path / "wrong.cfg"):
        pass


def test_browser_and_daphne(tmp_path: Path) -> None:
    (tmp_path / "small.py").write_text(APPLICATION)

    def title(url: str) -> str:
        with browser() as chromium:
            page = chromium.new_page()
            page.goto(url)
            return page.title()

    # In a thread: the tests of the site may have a playwright in this one.
    with Daphne("small:asgi", tmp_path) as server, ThreadPoolExecutor() as threads:
        assert threads.submit(title, server.url).result() == "from asgi"


def test_program(tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text("import time\nprint('ready')\ntime.sleep(60)\n")
    with Program("waits.py", tmp_path, "ready") as program:
        first = program.pid
        program.kill()
        assert program.start().pid != first


TAKE_PORTS = """
import signal
from acked.services import free_port
print(*[free_port() for _ in range(500)], flush=True)
signal.pause()
"""


def test_a_port_is_given_once() -> None:
    """Also while nobody listens on it yet, also to two processes."""
    command = [sys.executable, "-c", TAKE_PORTS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        theirs = {int(port) for port in other.stdout.readline().split()}
        ours = {free_port() for _ in range(500)}
        other.kill()
    assert len(ours) == len(theirs) == 500
    assert not ours & theirs


def test_proxy() -> None:
    with Redis() as server, Proxy(server.port) as proxy:
        through = redis.Redis(port=proxy.port, socket_timeout=0.3, retry=None)
        assert through.ping()
        proxy.hold()
        with pytest.raises(redis.TimeoutError):
            through.ping()
        proxy.release()
        assert through.ping()
        plain = socket.create_connection(("127.0.0.1", proxy.port))
        wait_until(lambda: proxy.accepted == 3)
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            plain.recv(1)
        plain.close()


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


def test_a_cluster_outlives_its_first_node() -> None:
    with RabbitMQ() as first, RabbitMQ(join=first) as second:
        assert first.node in second.rabbitmqctl("eval", "nodes().")
        first.kill()
        assert second.rabbitmqctl("eval", "nodes().") == "[]"
        first.start()
        wait_until(lambda: first.node in second.rabbitmqctl("eval", "nodes()."))


@pytest.mark.skipif(sys.platform != "linux", reason="older suites are Debian's")
def test_an_older_server_beside_the_current_one() -> None:
    with RabbitMQ(servers="bookworm") as old:
        assert old.rabbitmqctl("version").startswith("3.10.")
