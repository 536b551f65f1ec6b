"""The centre's public key as this station pinned it at its enrolment: a small file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CENTRE_FILE = "centre.pub"


class PinnedCentre:
    """Implements `cardstation.ports.keys.CentreSeal` in a data folder.

    Args:
        home: The data folder; `centre.pub` in it holds the key in hex.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / CENTRE_FILE

    def pin(self, public: bytes) -> None:
        """Keep a raw public key; whole or not at all."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f".{CENTRE_FILE}.{secrets.token_hex(4)}")
        with draft.open("wb") as file:
            file.write(public.hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)

    @property
    def pinned(self) -> bytes:
        """The key; empty where none is kept, or what is kept is none."""
        try:
            return bytes.fromhex(self._path.read_text("ascii").strip())
        except (ValueError, FileNotFoundError):
            return b""

    def genuine(self, message: bytes, signature: bytes, *, met: bytes = b"") -> bool:
        """Whether the pinned key signed a message, or the one that was met."""
        try:
            Ed25519PublicKey.from_public_bytes(met or self.pinned).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True
