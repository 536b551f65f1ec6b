"""Where the keys of card layouts are kept: beside the card master, each under its two names."""

from __future__ import annotations

from pathlib import Path

from cardstation.errors import Refusal
from cardstation.ports.keys import LAYOUT_NAME
from drivers.keys.layout_keys import KEY_BYTES, SoftwareLayoutKeys
from drivers.keys.os_keyring import read_keyring, write_keyring
from drivers.keys.sealed_file import read_sealed, write_sealed
from drivers.keys.secret import Secret

LENGTHS = frozenset(length for lengths in KEY_BYTES.values() for length in lengths)


def keep_layout_secret(
    home: Path, layout: str, name: str, secret: Secret, *, keyring_first: bool = True
) -> str:
    """Keep one; returns `keyring` or `file`, where it went.

    Args:
        home: The data folder; the file is `layout-LAYOUT.NAME.key` in it, hex.
        layout: Its code.
        name: As its sheet names the key.
        secret: 8 or 16 bytes; the one before is replaced.
        keyring_first: Keep it in the OS keyring, if there is one.

    Raises:
        Refusal: `layout_key_malformed`.
    """
    named = LAYOUT_NAME.fullmatch(layout) and LAYOUT_NAME.fullmatch(name)
    if not named or len(secret.reveal()) not in LENGTHS:
        raise Refusal("layout_key_malformed", layout=layout, name=name)
    kept = _kept_as(layout, name)
    if keyring_first and write_keyring(kept, secret):
        return "keyring"
    write_sealed(home / f"{kept}.key", secret, replace=True)
    return "file"


def kept_layout_keys(home: Path, *, keyring_first: bool = True) -> SoftwareLayoutKeys:
    """The keys of layouts of a data folder; none is read before a card needs it."""

    def found(layout: str, name: str) -> Secret | None:
        kept = _kept_as(layout, name)
        held = read_keyring(kept) if keyring_first else None
        return held if held is not None else read_sealed(home / f"{kept}.key")

    return SoftwareLayoutKeys(found)


def _kept_as(layout: str, name: str) -> str:
    return f"layout-{layout}.{name}"
