# /// script
# requires-python = ">=3.12"
# dependencies = ["Django", "redis"]
#
# [tool.acked]
# services = ["redis"]
# timeout = 60
# ///
import json
import os
import pickle
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "project"))

import redis
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from shop.script import start

start(database=False)
REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
server = redis.from_url(REDIS_URL)


# --8<-- [start:stored]
cache.set("stock", 5)
cache.set("title", "Queues")
for key in sorted(server.scan_iter()):
    print(key.decode(), server.get(key))
# --8<-- [end:stored]


# --8<-- [start:planted]
class Planted:
    def __reduce__(self):
        return exec, ("print('code of the attacker, in', __name__)",)


server.set(":1:title", pickle.dumps(Planted()))
print("Django reads:", cache.get("title"))
# --8<-- [end:planted]


# --8<-- [start:json]
class JSON:
    def dumps(self, value):
        return value if type(value) is int else json.dumps(value)

    def loads(self, data):
        return json.loads(data)


careful = RedisCache(REDIS_URL, {"OPTIONS": {"serializer": JSON}})
careful.set("prices", {"Queues": 10})
print("JSON:", careful.get("prices"))
try:
    careful.get("title")
except ValueError as error:
    print("the planted key:", type(error).__name__)
# --8<-- [end:json]
