"""What of a block needs a key: MACs, and runs of bytes that are enciphered.

A sheet names its keys and never has them; who holds them computes with them
(`cardstation.ports.keys.LayoutKeys`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cardstation.ports.keys import KeyAlgorithm, LayoutKey

Keys = Mapping[str, LayoutKey]
NO_KEYS: Keys = MappingProxyType({})

CIPHER_BLOCK: Mapping[KeyAlgorithm, int] = {KeyAlgorithm.DES3: 8, KeyAlgorithm.AES: 16}
"""Bytes that are enciphered at once."""


@dataclass(frozen=True, slots=True)
class KeyNamed:
    """A key a layout works with.

    Attributes:
        factor: Fields whose bytes, one after the other, make a card's own key out of the
            station's; none: every card has the same.
    """

    name: str
    algorithm: KeyAlgorithm
    factor: tuple[str, ...] = ()


class CipherKind(StrEnum):
    """ECB: every cipher block by itself. CBC: each upon the one before, the first upon zeros."""

    ECB = "ecb"
    CBC = "cbc"


@dataclass(frozen=True, slots=True)
class Cipher:
    """The run of a block that stands enciphered on the card.

    Check values inside it are of the plain bytes, those outside of what stands on the card.

    Attributes:
        key: Its key's name.
        covers: Offsets (from, to), `to` not included; whole cipher blocks.
    """

    kind: CipherKind
    key: str
    covers: tuple[int, int]

    def hides(self, offset: int) -> bool:
        """Whether a byte of the block stands enciphered."""
        return offset in range(*self.covers)

    def closed(self, plain: bytes, keys: Keys) -> bytes:
        """The block as it stands on the card."""
        first, stop = self.covers
        chained = self.kind is CipherKind.CBC
        return (
            plain[:first]
            + keys[self.key].encrypt(plain[first:stop], chained=chained)
            + plain[stop:]
        )

    def opened(self, block: bytes, keys: Keys) -> bytes:
        """The block as it is meant."""
        first, stop = self.covers
        chained = self.kind is CipherKind.CBC
        return (
            block[:first]
            + keys[self.key].decrypt(block[first:stop], chained=chained)
            + block[stop:]
        )
