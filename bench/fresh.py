"""The plainest isolation: a new interpreter for each file, one after the other."""

import subprocess
import sys
from pathlib import Path

for file in sorted(Path(sys.argv[1]).rglob("*.py")):
    subprocess.run([sys.executable, file], check=True)
