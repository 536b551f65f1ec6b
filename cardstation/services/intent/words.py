"""What two persons saw, in their own words: short enough for an entry, long enough to mean it."""

from __future__ import annotations

from cardstation.errors import Refusal

_FEWEST, _MOST = 8, 200


def meant(proof: str) -> str:
    """The words as they stand in the entry.

    Raises:
        Refusal: `proof_missing`.
    """
    words = " ".join(proof.split())
    if not _FEWEST <= len(words) <= _MOST or not words.isprintable():
        raise Refusal("proof_missing", fewest=_FEWEST, most=_MOST)
    return words
