"""Bad contacts and bad drivers: what a reader may answer instead of the truth."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from drivers.virtual.tear import Torn


class NoAnswer(Torn):
    """The exchange failed without an answer; to a plug the same as a card that was torn."""


class NoiseKind(StrEnum):
    """How an exchange goes wrong (reference cards 4.5, item 8)."""

    FLIPPED_BIT = "flipped_bit"
    FAILED_6300 = "failed_6300"
    FAILED_6F00 = "failed_6f00"
    NO_ANSWER = "no_answer"
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Noise:
    """One fault at one exchange.

    Attributes:
        exchange: Number of the exchange since the card went in, 0 = the first.
        seed: Chooses the bit that flips.
        hang_s: How long a hang lasts before the answer comes.
        acted: The chip still did the command.
    """

    exchange: int
    kind: NoiseKind
    seed: int = 0
    hang_s: float = 0.0
    acted: bool = True


def flip_bit(answer: bytes, seed: int) -> bytes:
    """Turn over one bit of the data, never of the status; no data, no change."""
    bits = 8 * (len(answer) - 2)
    if bits <= 0:
        return answer
    place = int.from_bytes(hashlib.blake2b(str(seed).encode(), digest_size=8).digest()) % bits
    noisy = bytearray(answer)
    noisy[place // 8] ^= 1 << place % 8
    return bytes(noisy)
