"""Edit a file, then become a command: what one edit costs."""

import os
import sys
import time

file, *command = sys.argv[1:]
with open(file, "a") as stream:
    stream.write(f"{'  ' if file.endswith('.md') else '# '}{time.time_ns()}\n")
os.execv(command[0], command)
