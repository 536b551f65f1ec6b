"""Finds PostgreSQL's programs and the lesser user they run as when we are root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cardstation.errors import Mishap

OLDEST = 15
_NOBODY = 65534
_DEBIAN = Path("/usr/lib/postgresql")


def postgres_binaries() -> Path:
    """The folder with `initdb` and `postgres`, version 15 or newer.

    Looked for in `CARDSTATION_PG_BIN`, then Debian's folders (newest first), then PATH.

    Raises:
        Mishap: `postgres_missing`.
    """
    named = os.environ.get("CARDSTATION_PG_BIN", "")
    on_path = shutil.which("initdb")
    folders = [
        *([Path(named)] if named else []),
        *sorted(_DEBIAN.glob("*/bin"), key=_version_in_path, reverse=True),
        *([Path(on_path).resolve().parent] if on_path else []),
    ]
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres")) and _new(folder):
            return folder
    raise Mishap("postgres_missing", oldest=OLDEST)


def _version_in_path(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def _new(folder: Path) -> bool:
    if _version_in_path(folder):
        return _version_in_path(folder) >= OLDEST
    said = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"(\d+)", said)
    return found is not None and int(found[1]) >= OLDEST


@dataclass(frozen=True, slots=True)
class LesserUser:
    """How to start a program that refuses root.

    Attributes:
        command: Prefix of the argument list, empty when we are not root.
        uid: Who must own the files, as seen from outside.
    """

    command: list[str]
    uid: int


def lesser_user(folder: Path) -> LesserUser:
    """Pick the way that works here.

    A user namespace first: the files stay root's. It is refused inside a chroot and by most
    containers (clone(2), EPERM); there the programs run as nobody, keeping only the capability
    to pass the closed folders above theirs.

    Raises:
        Mishap: `postgres_needs_user`: root, and neither way works.
    """
    if os.geteuid() != 0:
        return LesserUser([], os.geteuid())
    ways = (
        LesserUser(["unshare", "--user", "--map-user=1000", "--map-group=1000"], 0),
        LesserUser(
            [
                *("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"),
                *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
            ],
            _NOBODY,
        ),
    )
    for way in ways:
        if shutil.which(way.command[0]) and _works(way.command, folder):
            return way
    raise Mishap("postgres_needs_user")


def _works(command: list[str], folder: Path) -> bool:
    tried = subprocess.run(
        [*command, "test", "-d", str(folder)], cwd="/", capture_output=True, check=False
    )
    return tried.returncode == 0


def own(folder: Path, uid: int) -> None:
    """Give a folder and all in it to a user; only root can, and only when needed."""
    if os.geteuid() != 0 or folder.stat().st_uid == uid:
        return
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            os.lchown(Path(place) / name, uid, uid)
        os.lchown(place, uid, uid)
