"""The utility's master secret for card codes: kept in the OS keyring or a 0600 file."""

from __future__ import annotations

from pathlib import Path

from drivers.keys.os_keyring import read_keyring, write_keyring
from drivers.keys.sealed_file import read_sealed, write_sealed
from drivers.keys.secret import Secret

MASTER_NAME = "card-master"
MASTER_FILE = "card-master.key"


def load_master_secret(home: Path, *, keyring_first: bool = True) -> Secret | None:
    """The master secret, None when this station has none (it opens training cards only).

    Args:
        home: The data folder; the file is `card-master.key` in it, hex.
        keyring_first: Ask the OS keyring before the file.

    Raises:
        Refusal: `secret_file_open`, `secret_unreadable`.
    """
    found = read_keyring(MASTER_NAME) if keyring_first else None
    return found if found is not None else read_sealed(home / MASTER_FILE)


def keep_master_secret(home: Path, secret: Secret, *, keyring_first: bool = True) -> str:
    """Keep the master secret; returns `keyring` or `file`, where it went."""
    if keyring_first and write_keyring(MASTER_NAME, secret):
        return "keyring"
    write_sealed(home / MASTER_FILE, secret, replace=True)
    return "file"


def place_of_master_secret(home: Path) -> str:
    """Where the master secret is: `keyring`, `file`, or empty."""
    if read_keyring(MASTER_NAME) is not None:
        return "keyring"
    return "file" if (home / MASTER_FILE).exists() else ""
