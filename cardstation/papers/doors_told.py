"""How a paper that a property manager reads names each card: by its door, mostly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cardstation.domain.custody import TAIL


def doors_told(cards: Sequence[tuple[str, str]]) -> list[str]:
    """The door of each card; its last digits only where several share a door, or none is known.

    Args:
        cards: Door and number of each, the number whole or its end.
    """
    many = Counter(door for door, _ in cards)
    return [
        f"{door} …{number[-TAIL:]}".strip() if number and (not door or many[door] > 1) else door
        for door, number in cards
    ]
