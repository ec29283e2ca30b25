"""Open the one issue on what the newest versions break, or update it.

Runs in the job that may write issues. It is given text that other code has made,
so it stands on the standard library and GitHub's own `gh`, and imports nothing.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TITLE = "The newest versions break an answer"
LABEL = "newest-versions"


def gh(*argv: str) -> str:
    return subprocess.run(["gh", *argv], check=True, stdout=subprocess.PIPE, text=True).stdout


def main(file: str) -> int:
    if not Path(file).exists():
        print(f"{file} is not there: nothing was found to have broken")
        return 0
    try:
        # Only who may triage can set a label, so nobody else's issue is taken for ours.
        gh("label", "create", LABEL, "--force", "--description", "Found by the weekly run")
        query = ["--label", LABEL, "--state", "open", "--json", "number", "--jq", ".[0].number"]
        number = gh("issue", "list", *query).strip()
        if number:
            print(gh("issue", "edit", number, "--body-file", file))
        else:
            print(gh("issue", "create", "--title", TITLE, "--label", LABEL, "--body-file", file))
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"Makefile:1: {error}; see what gh said above, then run again", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
