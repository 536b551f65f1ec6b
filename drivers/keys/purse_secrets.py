"""Secrets of purses at a desk without a module: masters, or a token's PIN; beside the card master.

Each is kept in the OS keyring or a 0600 file, and is in no setting, log or error.
"""

from __future__ import annotations

from pathlib import Path

from cardstation.errors import Refusal
from drivers.keys.os_keyring import read_keyring, write_keyring
from drivers.keys.purse_keys import PurseMasters
from drivers.keys.sealed_file import read_sealed, write_sealed
from drivers.keys.secret import Secret

MASTERS = ("load", "external", "line", "internal")
"""The last one may be missing: TACs are then checked by the centre alone."""
PIN = "pin"
MASTER_BYTES = 16


def keep_purse_secret(home: Path, name: str, secret: Secret, *, keyring_first: bool = True) -> str:
    """Keep one; returns `keyring` or `file`, where it went.

    Args:
        home: The data folder; the file is `purse-NAME.key` in it, hex.
        name: One of `MASTERS`, sixteen bytes, or `PIN`, of a token's user.
        secret: What to keep.
        keyring_first: Keep it in the OS keyring, if there is one.

    Raises:
        Refusal: `purse_secret_malformed`.
    """
    length = len(secret.reveal())
    if not length or (name in MASTERS and length != MASTER_BYTES):
        raise Refusal("purse_secret_malformed", name=name)
    if keyring_first and write_keyring(_kept_as(name), secret):
        return "keyring"
    write_sealed(_file(home, name), secret, replace=True)
    return "file"


def place_of_purse_secret(home: Path, name: str) -> str:
    """Where it is: `keyring`, `file`, or empty."""
    if read_keyring(_kept_as(name)) is not None:
        return "keyring"
    return "file" if _file(home, name).exists() else ""


def load_purse_secret(home: Path, name: str, *, keyring_first: bool = True) -> Secret:
    """One that must be here.

    Raises:
        Refusal: `purse_secret_missing`, `secret_file_open`, `secret_unreadable`.
    """
    found = _found(home, name, keyring_first)
    if found is None:
        raise Refusal("purse_secret_missing", name=name)
    return found


def load_purse_masters(
    home: Path, levels: tuple[bytes, ...] = (), *, keyring_first: bool = True
) -> PurseMasters:
    """The masters of this desk.

    Args:
        home: The data folder.
        levels: Factors of the levels above the card's own, uppermost first.
        keyring_first: Ask the OS keyring before the files.

    Raises:
        Refusal: as `load_purse_secret`.
    """
    load, external, line = (
        load_purse_secret(home, name, keyring_first=keyring_first) for name in MASTERS[:-1]
    )
    return PurseMasters(load, external, line, _found(home, MASTERS[-1], keyring_first), levels)


def _found(home: Path, name: str, keyring_first: bool) -> Secret | None:
    found = read_keyring(_kept_as(name)) if keyring_first else None
    return found if found is not None else read_sealed(_file(home, name))


def _kept_as(name: str) -> str:
    return f"purse-{name}"


def _file(home: Path, name: str) -> Path:
    return home / f"purse-{name}.key"
