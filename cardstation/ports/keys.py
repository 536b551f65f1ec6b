"""Keys: card codes and the station's signing key. Nothing secret ever leaves in a log or error."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class CardKeys(Protocol):
    """Codes of cards, demo keys for training areas, derived per card number otherwise."""

    def code_for(self, maker: str, card_no: str, length: int = 3) -> bytes:
        """The code of a card, as long as its chip wants it: three bytes for SLE4442.

        Raises:
            Refusal: code `no_key_for_maker`.
        """


LAYOUT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
"""Codes of layouts read from sheets, and names of their keys; both stand in names of files."""


class KeyAlgorithm(StrEnum):
    """What a key of a card layout computes with.

    Members:
        DES3: DES with a key of 8 bytes, triple DES with two keys (16); MACs as PBOC makes them
            (ISO 9797-1 algorithm 3, padding method 2).
        AES: AES-128; MACs are CMACs (NIST SP 800-38B).
    """

    DES3 = "3des"
    AES = "aes"


@dataclass(frozen=True, slots=True)
class KeyAsked:
    """Which key is wanted.

    Attributes:
        layout, name: As the layout's sheet names them.
        factor: What tells one card's key from another's; empty = all cards have the same.
    """

    layout: str
    name: str
    algorithm: KeyAlgorithm
    factor: bytes = b""


class LayoutKey(Protocol):
    """One key of a card layout, as one card has it; it computes and is never given out."""

    def mac(self, data: bytes) -> bytes:
        """The whole MAC of some bytes: 8 with DES, 16 with AES; a card carries the left part."""

    def encrypt(self, data: bytes, *, chained: bool) -> bytes:
        """Whole cipher blocks, each by itself (ECB) or chained from zeros on (CBC)."""

    def decrypt(self, data: bytes, *, chained: bool) -> bytes:
        """The inverse of `encrypt`."""


class LayoutKeys(Protocol):
    """Who holds the keys of card layouts."""

    def key_for(self, asked: KeyAsked) -> LayoutKey:
        """A card's key.

        Raises:
            Refusal: `layout_key_missing`; `layout_key_malformed`: it is not the algorithm's.
        """


class CentreSeal(Protocol):
    """The centre's public key, as this station pinned it when it enrolled."""

    def pin(self, public: bytes) -> None:
        """Keep a raw Ed25519 public key in place of the one before."""

    @property
    def pinned(self) -> bytes:
        """The key; empty as long as none is pinned."""

    def genuine(self, message: bytes, signature: bytes, *, met: bytes = b"") -> bool:
        """Whether the pinned key signed a message, or one just met; False where there is none."""


class DeviceKey(Protocol):
    """The station's own signing key."""

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature, 64 bytes."""

    def ready(self) -> None:
        """Open the private half now, once; `sign` does not refuse any more.

        Raises:
            Refusal: `device_key_needs_passphrase`, `passphrase_wrong`, `device_key_not_in_keyring`.
        """

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether a signature is this key's; needs the public half only."""

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes."""


class PinHash(Protocol):
    """How the PINs of clerks are kept: as slow, salted hashes."""

    def hash(self, pin: str) -> str:
        """A new hash of a PIN, with its salt and parameters, as text."""

    def matches(self, kept: str, pin: str) -> bool:
        """Whether a PIN is the one behind a kept hash; False for a hash that is none."""
