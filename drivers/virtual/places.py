"""Folders and ports a private card service can have to itself."""

from __future__ import annotations

import contextlib
import secrets
import socket
import string
import tempfile
from pathlib import Path

SHORT = Path("/tmp")  # noqa: S108 - the only folder of four letters that everybody may write to
LONGEST_FOLDER = 90
PORTS = range(20000, 32000, 2)  # below the ports a system hands out by itself


def short_folder() -> Path:
    """A fresh private folder that leaves room for a socket's name: such paths have 108 bytes."""
    folder = tempfile.mkdtemp(prefix="cardstation-")
    if len(folder) > LONGEST_FOLDER:
        Path(folder).rmdir()
        folder = tempfile.mkdtemp(prefix="cardstation-", dir=SHORT)
    return Path(folder)


def folder_as_long_as(path: str) -> Path:
    """A fresh private folder whose path has as many letters as the one given."""
    letters = len(path) - len(str(SHORT)) - 1
    while True:
        folder = SHORT / "".join(secrets.choice(string.ascii_lowercase) for _ in range(letters))
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            return folder


def free_pairs(count: int) -> list[int]:
    """That many ports that are free, each with the one after it."""
    bases: list[int] = []
    while len(bases) < count:
        base = secrets.choice(PORTS)
        if base not in bases and not taken(base) and not taken(base + 1):
            bases.append(base)
    return bases


def taken(port: int) -> bool:
    """Somebody listens on this port, on whatever interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104
        except OSError:
            return True
        return False
