"""A network of this process's own: a server's machine and its neighbours.

Nothing of it exists outside, and it needs no privileges: a user namespace and
two network namespaces, joined by a cable (veth).
"""

import os
import shutil
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

from acked import suite

SERVER, APP, STRANGER = "192.168.1.10", "192.168.1.100", "192.168.1.101"


def join() -> int:
    """Move this process into the server's machine; return the other one."""
    user, group = os.getuid(), os.getgid()
    os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    server = os.open("/proc/self/ns/net", os.O_RDONLY)
    os.unshare(os.CLONE_NEWNET)
    neighbours = os.open("/proc/self/ns/net", os.O_RDONLY)
    os.setns(server, os.CLONE_NEWNET)

    there = f"/proc/{os.getpid()}/fd/{neighbours}"
    ip("link", "add", "lan", "type", "veth", "peer", "name", "cable")
    ip("link", "set", "cable", "netns", there)
    switch_on("lan", SERVER)
    with inside(neighbours, server):
        switch_on("cable", APP, STRANGER)
    return neighbours


def switch_on(device: str, *addresses: str) -> None:
    for address in addresses:
        ip("addr", "add", f"{address}/24", "dev", device)
    ip("link", "set", "lo", "up")
    ip("link", "set", device, "up")


@contextmanager
def inside(namespace: int, back: int | None = None):
    here = back or os.open("/proc/self/ns/net", os.O_RDONLY)
    os.setns(namespace, os.CLONE_NEWNET)
    try:
        yield
    finally:
        os.setns(here, os.CLONE_NEWNET)


def ip(*argv: str) -> str:
    return root("ip", *argv)


def root(*argv: str, etc: Path | None = None) -> str:
    """Run a program as this network's root; `etc` stands in for /etc."""
    wrapped = suite.wrap(list(argv))
    options = ["--cap-add", "ALL"]
    for folder in etc.iterdir() if etc else ():
        options += ["--bind", str(folder), f"/etc/{folder.name}"]
    end = wrapped.index("--")
    command = [*wrapped[:end], *options, *wrapped[end:]]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (argv, done.stdout, done.stderr)
    return done.stdout


def etc_of_ufw(place: Path) -> Path:
    etc = suite.root(suite.current()) / "etc"
    for folder in "ufw", "default":
        shutil.copytree(etc / folder, place / folder)
    return place


def ask(port: int, *commands: str, host: str, source: str = "") -> str:
    """Send commands as plain lines; the last reply, or why there is none."""
    address, patience = (host, port), 4
    try:
        link = socket.create_connection(address, patience, (source, 0))
    except ConnectionRefusedError:
        return "connection refused"
    except TimeoutError:
        return "no answer"
    link.settimeout(60)
    with link, link.makefile("rw", newline="\r\n") as lines:
        reply = ""
        for command in commands:
            lines.write(command + "\n")
            lines.flush()
            reply = lines.readline().strip()
            if reply.startswith("-"):  # it may have closed the door by now
                break
    return reply.lstrip("+-")
