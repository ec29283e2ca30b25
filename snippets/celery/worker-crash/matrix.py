# /// script
# requires-python = ">=3.12"
# dependencies = ["celery[redis]"]
#
# [tool.acked]
# services = ["redis", "rabbitmq"]
# starts = ["redis"]
# timeout = 300
# ///
import os, sys, json, time, traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from kombu import Connection
import redis
from redis import Redis as Client
os.environ.setdefault("RECORD", os.environ["REDIS_URL"][:-1] + "1")
from shop import app, charge
from acked.services import Redis, Worker, wait_until

record = Client.from_url(os.environ["RECORD"], decode_responses=True)
SHOP = Path(__file__).with_name("shop.py")
ORDERS = range(1, 8)
WHO = ["child", "worker", "warm", "soft in time", "soft too late", "cold"]
FLAGS = "--without-gossip --without-mingle"
T0 = time.time()


class Case:
    def __init__(self, name, url, late, reject, who, when):
        self.broker, self.url, self.late, self.reject, self.who, self.when = name, url, late, reject, who, when
        self.queue = f"{late}-{reject}-{who}-{when}".replace(" ", "-")
        self.key = f"{name}-{self.queue}"
        self.connection = Connection(url)

    def ready(self):
        if self.broker == "redis":
            with Client.from_url(self.url) as c: return c.llen(self.queue)
        with self.connection.clone() as c:
            return c.default_channel.queue_declare(self.queue, passive=True).message_count

    def started(self, n): return record.lrange(f"{self.key}:{n}:started", 0, -1)
    def finished(self, n): return record.lrange(f"{self.key}:{n}:finished", 0, -1)
    def state(self, n): return app.AsyncResult(f"{self.key}-{n}").state
    def open(self): record.lpush(f"{self.key}:gate", "open")

    def send(self, n):
        with self.connection.clone() as c:
            charge.apply_async([self.key, n], queue=self.queue, connection=c, task_id=f"{self.key}-{n}")

    def run(self):
        soft = {"soft in time": 3, "soft too late": 1}.get(self.who, 0)
        env = {**ENV, "CELERY_BROKER_URL": self.url, "ACKS_LATE": self.late, "REJECT": self.reject,
               "SOFT": str(soft), "ME": "victim"}
        w = Worker(SHOP, f"-c 1 -Q {self.queue} {FLAGS}", env)
        for n in ORDERS: self.send(n)
        with w:
            wait_until(lambda: self.started(1), 60, "T1 started")
            expected = 3 if self.late == "on" else 2
            wait_until(lambda: self.ready() == expected, 30, "prefetch")
            if self.when == "finished":
                w.freeze_parent()
                self.open()
                wait_until(lambda: self.finished(1) and self.state(1) == "SUCCESS", 30, "finish")
            getattr(self, self.who.split()[0])(w)
            self.gone_ready = self.ready()
            self.log = w.log()
        self.open()
        self.send(99)
        self.states_after = [self.state(n) for n in ORDERS]

    def thaw(self, w):
        if self.when == "finished": w.thaw_parent()

    def child(self, w):
        w.kill_child()
        self.thaw(w)
        self.open()
        self.send(98)
        wait_until(lambda: self.finished(98) and self.finished(7), 60, "all done")
        wait_until(lambda: self.state(1) == "FAILURE" or self.finished(1), 60, "T1 verdict")
        w.shut_down("warm")

    def worker(self, w): w.kill()

    def warm(self, w):
        w.shut_down("warm", wait=False)
        self.thaw(w)
        wait_until(lambda: "Warm shutdown" in w.log(), 30, "warm")
        self.open()
        w.wait_until_gone()

    def soft(self, w):
        w.shut_down("soft", wait=False)
        self.thaw(w)
        if self.when == "running":
            wait_until(lambda: "Initiating Soft" in w.log(), 30, "soft")
        if self.who == "soft in time": self.open()
        w.wait_until_gone()

    def cold(self, w):
        w.shut_down("cold", wait=False)
        self.thaw(w)
        w.wait_until_gone()

    def line(self, n):
        return f"{n}: s={','.join(x[0] for x in self.started(n))} f={','.join(x[0] for x in self.finished(n))} {self.states_after[n-1]}->{self.state(n)}"


def safe(case):
    try:
        case.run()
    except Exception as e:
        print("FAILED", case.key, repr(e), flush=True)
        case.states_after = ["?"]*9; case.gone_ready = "?"

with Redis() as server:
    ENV = dict(os.environ)
    brokers = {"redis": server.url, "rabbitmq": os.environ["AMQP_URL"]}
    only = os.environ.get("WHO")
    cases = [Case(b, brokers[b], l, r, who, when) for b in brokers for who in WHO for when in ("running", "finished")
             for l in ("off", "on") for r in ("off", "on") if not only or who == only]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(safe, cases))
    print("victims", time.time() - T0)
    r = server.client()
    left = {}
    for v in r.hvals("unacked"):
        m = json.loads(v)
        left.setdefault(m[2], []).append(m[0]["headers"]["id"][-1])
    print(left)
    rescuers = []
    for b in brokers:
        env = {**ENV, "CELERY_BROKER_URL": brokers[b], "ME": "rescuer", "VISIBILITY_TIMEOUT": "5"}
        if b == "rabbitmq": del env["VISIBILITY_TIMEOUT"]
        rescuers.append(Worker(SHOP, f"-c 1 {FLAGS} -Q " + ",".join(c.queue for c in cases if c.broker == b), env).start())
    wait_until(lambda: all(c.finished(99) for c in cases), 60, "markers")
    wait_until(lambda: not r.hlen("unacked") and not r.zcard("unacked_index"), 60, "unacked")
    wait_until(lambda: all(c.ready() == 0 for c in cases), 60, "ready")
    for w in rescuers:
        w.shut_down("warm")
        with w: pass
    print("rescued", time.time() - T0)
    for c in cases:
        print(c.broker, "late", c.late, "reject", c.reject, "|", c.who, "|", c.when, "| ready after", c.gone_ready)
        for n in (1, 2, 3, 4, 5, 6, 7): print("    ", c.line(n))
