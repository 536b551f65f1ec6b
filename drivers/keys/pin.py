"""PINs of clerks as Argon2id hashes: slow to guess, each with its own salt (RFC 9106)."""

from __future__ import annotations

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

PASSES = 3
MEMORY_KIB = 64 * 1024
LANES = 4


class Argon2Pin:
    """Argon2id with the second recommended option of RFC 9106 §4: 3 passes, 64 MiB, 4 lanes.

    Implements `cardstation.ports.keys.PinHash`. The parameters stand in each hash, so that hashes
    made with others keep working.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher(
            time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID
        )

    def hash(self, pin: str) -> str:
        """A new hash, PHC text."""
        return self._hasher.hash(pin)

    def matches(self, kept: str, pin: str) -> bool:
        """Whether a PIN is the one behind a hash; False for a hash that is none."""
        try:
            return self._hasher.verify(kept, pin)
        except (VerificationError, InvalidHashError):
            return False
