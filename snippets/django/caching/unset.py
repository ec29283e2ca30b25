# /// script
# requires-python = ">=3.12"
# dependencies = ["Django"]
#
# [tool.acked]
# timeout = 60
# ///
import subprocess
import sys

# --8<-- [start:unset]
from django.conf import settings
from django.core.cache import cache

settings.configure()  # says nothing of CACHES

if sys.argv[1:] == ["read"]:
    print("another process reads:", cache.get("price"))
else:
    cache.set("price", 10)
    print("this process reads:", cache.get("price"), flush=True)
    subprocess.run([sys.executable, __file__, "read"], check=True)
    print("backend:", settings.CACHES["default"]["BACKEND"])
# --8<-- [end:unset]
