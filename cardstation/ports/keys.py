"""Keys: card codes and the station's signing key. Nothing secret ever leaves in a log or error."""

from __future__ import annotations

from typing import Protocol


class CardKeys(Protocol):
    """Codes of cards, demo keys for training areas, derived per card number otherwise."""

    def code_for(self, maker: str, card_no: str, length: int = 3) -> bytes:
        """The code of a card, as long as its chip wants it: three bytes for SLE4442.

        Raises:
            Refusal: code `no_key_for_maker`.
        """


class CentreSeal(Protocol):
    """The centre's public key, as this station pinned it when it enrolled."""

    def pin(self, public: bytes) -> None:
        """Keep a raw Ed25519 public key in place of the one before."""

    def genuine(self, message: bytes, signature: bytes) -> bool:
        """Whether the pinned key signed a message; False as long as none is pinned."""


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
