"""Layouts: what the bytes of a maker's card mean."""

from __future__ import annotations

from typing import Protocol

from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    Credit,
    Limits,
    PriceBlock,
    ReturnBlock,
    WritePlan,
)


class Format(Protocol):
    """What tells cards of one format from all others."""

    code: str
    chip: str

    def recognises(self, image: bytes) -> bool:
        """True when the image carries a valid identity block of this format."""

    def is_blank(self, image: bytes) -> bool:
        """True when the card was never issued."""


class Layout(Format, Protocol):
    """One card layout, declared as data.

    Every plan states the write order; a card torn at any step of a load or a clearing shows the
    meter the old credit, the new one or (clearing) nothing.

    Attributes:
        chip: Name of the driver of the chip its cards have.
        marks_loads: A load carries the mark of the intent that wrote it; without room for one, a
            card that left the lane never proves by itself whose load it shows (DESK-RULES 4).
        rewrites: A card in use may be written whole for another meter: what makes it known is
            taken away first and comes back last, so no tear of it is taken for a card.
        desk_owned: Ranges that only the desk writes; the meter owns its return block.
    """

    marks_loads: bool
    rewrites: bool
    desk_owned: tuple[range, ...]

    def is_torn(self, image: bytes) -> bool:
        """True when a half-written credit lies beside the current one: some desk was cut short."""

    def decode(self, image: bytes) -> CardContent:
        """Read everything.

        Raises:
            Refusal: code `foreign_card` (not this layout) or `card_damaged` (identity unreadable).
        """

    def plan_load(self, image: bytes, credit: Credit) -> WritePlan:
        """Write `credit` into the inactive slot; `credit.sequence` is chosen by the layout."""

    def plan_clear(self, image: bytes, credit: Credit) -> WritePlan:
        """Take a load back: `credit` has a zero quantity and the counter the school says."""

    def plan_issue(
        self,
        image: bytes,
        identity: CardIdentity,
        credit: Credit,
        limits: Limits,
        price: PriceBlock | None,
        returned: ReturnBlock,
    ) -> WritePlan:
        """Write a whole new card on a blank (or our own dead card)."""

    def plan_wipe(self, image: bytes, mark: bytes) -> WritePlan:
        """Make a dead card a blank again that carries a mark of whoever did it.

        One whose chip keeps its number for ever becomes nobody's instead, by its version alone.

        Its first span takes the card out of the world and puts the mark there; torn after that,
        it is a blank that says so, torn within it nothing else of the card is changed yet.

        Raises:
            Refusal: `card_not_clearable`.
        """

    def plan_return(self, image: bytes, returned: ReturnBlock) -> WritePlan:
        """What a meter writes back; the desk never calls this."""
