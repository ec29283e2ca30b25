# /// script
# requires-python = ">=3.12"
# dependencies = ["redis"]
#
# [tool.acked]
# starts = ["redis", "valkey"]
# timeout = 240
# ///
"""Who is let in: from the same machine, and from another one."""

import network

from acked import suite
from acked.lab import table
from acked.services import Redis, Valkey


class AsShipped(Redis):
    """Without the --bind that our other servers get."""

    def argv(self) -> list[str]:
        place = ["--port", str(self.port), "--dir", str(self.home)]
        options = self.options.split()
        return suite.wrap([self.program, *place, *options], home=self.home)


class ValkeyAsShipped(AsShipped):
    name, program = Valkey.name, Valkey.program


APP_USER = "ACL SETUSER shop on >secret ~* &* +@all"
# --8<-- [start:doors]
DOORS = {
    "nothing set": ("", []),
    "`bind 127.0.0.1`": ("--bind 127.0.0.1", []),
    "`bind 192.168.1.10 127.0.0.1`": ("--bind 192.168.1.10 127.0.0.1", []),
    "`protected-mode no`": ("--protected-mode no", []),
    "`requirepass`": ("--requirepass MySecurePass", []),
    "another user with a password": ("", [APP_USER]),
    "the same, `ACL SETUSER default off`": (
        "",
        [APP_USER, "ACL SETUSER default off"],
    ),
    "the same, `… default off resetpass`": (
        "",
        [APP_USER, "ACL SETUSER default off resetpass"],
    ),
}
# --8<-- [end:doors]


def knock(server_type, options: str, commands: list[str]) -> list[str]:
    url = "redis://127.0.0.1:{port}/0"
    if options.startswith("--requirepass"):
        url = "redis://:MySecurePass@127.0.0.1:{port}/0"
    with server_type(options, url=url) as server:
        with server.client() as owner:
            for command in commands:
                owner.execute_command(*command.split())
        here = network.ask(server.port, "PING", host="127.0.0.1")
        visit = {"host": network.SERVER, "source": network.APP}
        with network.inside(neighbours):
            there = network.ask(server.port, "PING", **visit)
            user = network.ask(server.port, "AUTH shop secret", "PING", **visit)
    return [brief(answer) for answer in (here, there, user)]


def brief(answer: str) -> str:
    """The long DENIED names the product and the way out."""
    reason = "protected mode is enabled and no password is set for the default"
    return "DENIED (protected mode)" if reason in answer else answer


neighbours = network.join()
rows = []
for door, (options, commands) in DOORS.items():
    answers = knock(AsShipped, options, commands)
    assert answers == knock(ValkeyAsShipped, options, commands), door
    rows.append([door, *answers])

HEAD = "set", "same machine", "other machine", "other machine, `AUTH shop`"
table(HEAD, *rows)
