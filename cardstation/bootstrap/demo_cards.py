"""The bag of the demo: a card for every ready line, and the mishaps a real bag has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cardstation.bootstrap.card_box import CardBox
from cardstation.domain.batch import Batch, Verdict
from drivers.virtual.card import VirtualCard
from drivers.virtual.tear import PullAfter

PULLED = 6
TWICE = 11
MISSING = -1


@dataclass(frozen=True, slots=True)
class Bag:
    """What lies in the bag, in the order of the clerk's hands.

    Attributes:
        stranger: A card of a household that is not on the list.
    """

    box: CardBox
    cards: tuple[Path, ...]
    stranger: Path

    def hands(self) -> Iterator[VirtualCard]:
        """The cards one after another: one pulled half-way and put back, one fed twice, a stranger.

        The last card of the list is not in the bag.
        """
        for place, path in enumerate(self.cards):
            if place == PULLED:
                torn = self.box.take(path.stem)
                torn.chip.arm(PullAfter(5))
                yield torn
            yield self.box.take(path.stem)
            if place == TWICE:
                yield self.box.take(path.stem)
                yield self.box.take(self.stranger.stem)


def pack(box: CardBox, batch: Batch) -> Bag:
    """Make the cards of a batch's ready lines."""
    ready = [line.account_no for line in batch.lines if line.verdict is Verdict.READY]
    listed = {line.account_no for line in batch.lines}
    cards = tuple(box.make(box.household(account)) for account in ready[:MISSING])
    return Bag(box, cards, box.make(box.outsider(listed)))
