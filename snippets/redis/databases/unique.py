# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 60
# ///
"""A unique e-mail made by hand, and a process that dies in between."""

import multiprocessing
import os
import signal

from redis import Redis as Client

client = Client.from_url(os.environ["REDIS_URL"], decode_responses=True)


# --8<-- [start:register]
def register(customer, email, dies=False):
    if not client.setnx(f"email:{email}", customer):
        return "taken"
    if dies:
        os.kill(os.getpid(), signal.SIGKILL)
    client.hset(f"customer:{customer}", "email", email)
    return "registered"
# --8<-- [end:register]


# --8<-- [start:script]
SCRIPT = """
if redis.call('SETNX', KEYS[1], ARGV[1]) == 0 then return 'taken' end
redis.call('HSET', KEYS[2], 'email', ARGV[2])
return 'registered'
"""


def register_at_once(customer, email):
    keys = [f"email:{email}", f"customer:{customer}"]
    return client.eval(SCRIPT, len(keys), *keys, customer, email)
# --8<-- [end:script]


child = multiprocessing.get_context("fork").Process(
    target=register, args=(3, "eve@example.com", True)
)
print("Ann:                 ", register(1, "ann@example.com"))
print("Ann's e-mail again:  ", register(2, "ann@example.com"))
child.start()
child.join()
print("Eve's process died:  ", child.exitcode == -signal.SIGKILL)
print("Eve tries once more: ", register(3, "eve@example.com"))
print("Eve's customer hash: ", client.exists("customer:3"), "keys")
print("Bob, in one script:  ", register_at_once(4, "bob@example.com"))
print("Bob's e-mail again:  ", register_at_once(5, "bob@example.com"))
print("Bob's customer hash: ", client.exists("customer:4"), "key")
