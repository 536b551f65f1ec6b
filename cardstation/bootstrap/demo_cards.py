"""The bag of the demo: a card for every ready line, and the mishaps a real bag has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cardstation.bootstrap.card_box import CardBox
from cardstation.domain.batch import Batch, Verdict
from cardstation.errors import Refusal
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
    """Make the cards of a batch's ready lines, as far as there are any."""
    ready = [line.account_no for line in batch.lines if line.verdict is Verdict.READY]
    listed = {line.account_no for line in batch.lines}
    made = (_made(box, account) for account in ready[:MISSING])
    cards = tuple(path for path in made if path is not None)
    return Bag(box, cards, box.make(box.outsider(listed)))


def _made(box: CardBox, account_no: str) -> Path | None:
    """The household's card; None where its numbers have no room on such a card."""
    try:
        return box.make(box.household(account_no))
    except Refusal as stop:
        if stop.code != "field_does_not_fit":
            raise
        return None
