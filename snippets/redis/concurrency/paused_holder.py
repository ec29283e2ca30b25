# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 120
# ///
"""The holder of a lock stands still for longer than the lock lives."""

import os
import signal
import subprocess
import sys

from redis import Redis

from acked.lab import table
from acked.services import wait_until
from acked.services.base import stands_still

URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
redis = Redis.from_url(URL, decode_responses=True)


# --8<-- [start:lock]
# The lock and a number that grows with each holder, in one step.
TAKE = redis.register_script("""
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', 500) then
  return redis.call('INCR', KEYS[2])
end
""")
STORE = redis.register_script("""
local newest = tonumber(redis.call('HGET', KEYS[1], 'token') or 0)
if tonumber(ARGV[1]) < newest then return 'refused' end
redis.call('HSET', KEYS[1], 'token', ARGV[1], 'by', ARGV[2])
return 'stored'
""")
RELEASE = redis.register_script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 'not mine' end
redis.call('DEL', KEYS[1])
return 'released'
""")
# --8<-- [end:lock]


def take(name: str) -> int | None:
    return TAKE(keys=["lock", "token"], args=[name])


# --8<-- [start:paused]
def paused_holder(careful: str):
    token = take("A")
    os.kill(os.getpid(), signal.SIGSTOP)  # as a paused machine would
    if careful == "yes":
        STORE(keys=["fenced"], args=[token, "A"])
        RELEASE(keys=["lock"], args=["A"])
    else:
        redis.hset("plain", mapping={"token": token, "by": "A"})
        redis.delete("lock")


def second_holder(careful: str) -> list:
    first = subprocess.Popen([sys.executable, __file__, careful])
    wait_until(lambda: stands_still(first.pid))
    token = wait_until(lambda: take("B"))
    redis.persist("lock")  # B works on, and its lock lives
    resource = "fenced" if careful == "yes" else "plain"
    STORE(keys=[resource], args=[token, "B"])
    first.send_signal(signal.SIGCONT)
    first.wait()
    third = "gets the lock" if take("C") else "has to wait"
    redis.delete("lock")
    return [redis.hget(resource, "by"), third]


# --8<-- [end:paused]

if len(sys.argv) > 1:
    paused_holder(sys.argv[1])
else:
    table(
        ["A stops, B takes over, A goes on", "stored by", "C meanwhile"],
        ["plain write, DEL", *second_holder("no")],
        ["token, compare and delete", *second_holder("yes")],
    )
