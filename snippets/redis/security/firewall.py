# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis"]
# timeout = 240
# ///
"""The popular ufw rule, with ufw off and on, asked from two neighbours."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import network

from acked.lab import table
from acked.services import Redis


def answers(port: int) -> list[str]:
    with network.inside(neighbours):
        return [
            network.ask(port, "PING", host=network.SERVER, source=address)
            for address in (network.APP, network.STRANGER)
        ]


neighbours = network.join()
rows = [["ufw", "PING from 192.168.1.100", "PING from 192.168.1.101"]]
# A network of our own: nobody else has taken the port.
OPEN = "--port 6379 --bind '* -::*' --protected-mode no"
with (
    TemporaryDirectory() as folder,
    Redis(OPEN, url="redis://127.0.0.1:6379/0"),
):
    ufw = partial(network.root, "ufw", etc=network.etc_of_ufw(Path(folder)))

    # --8<-- [start:ufw]
    rows.append(["no rule", *answers(6379)])
    ufw("allow", "from", "192.168.1.100", "to", "any", "port", "6379")
    rows.append(["the rule", *answers(6379)])
    ufw("--force", "enable")
    rows.append(["the rule, `ufw enable`", *answers(6379)])
    ufw("default", "allow", "incoming")
    rows.append(["the same, `ufw default allow`", *answers(6379)])
    # --8<-- [end:ufw]

table(*rows)
