"""A certificate authority made on the spot, and what it has signed."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from acked import suite

# Without these, Python 3.13 and later refuses an authority.
CA = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"]
EMPTY_CONFIG = "[req]\ndistinguished_name=dn\n[dn]\n"


def openssl(folder: Path, *argv: str) -> None:
    command = suite.wrap(["openssl", *argv], home=folder)
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def certify(folder: Path, name: str, extensions: list[str], signer: str = ""):
    """Write name.crt and name.key; signed by itself if by no one else."""
    config = folder / "openssl.cnf"
    config.write_text(EMPTY_CONFIG)
    argv = ["req", "-x509", "-days", "2", "-nodes", "-config", str(config)]
    argv += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    argv += ["-subj", f"/CN={name}", "-keyout", str(folder / f"{name}.key")]
    argv += ["-out", str(folder / f"{name}.crt")]
    if signer:
        argv += ["-CA", str(folder / f"{signer}.crt")]
        argv += ["-CAkey", str(folder / f"{signer}.key")]
        extensions = ["basicConstraints=CA:FALSE", *extensions]
    for extension in extensions:
        argv += ["-addext", extension]
    openssl(folder, *argv)


def fill(folder: Path) -> None:
    """Copy all that the page's servers and clients need."""
    shutil.copytree(originals().name, folder, dirs_exist_ok=True)


@cache
def originals() -> TemporaryDirectory:
    place = TemporaryDirectory()
    folder = Path(place.name)
    certify(folder, "ca", CA)
    certify(folder, "redis", ["subjectAltName=IP:127.0.0.1"], "ca")
    certify(folder, "shop", [], "ca")
    certify(folder, "strange-ca", CA)
    return place
