"""Layouts of tool cards: what the bytes of a fitter's card mean."""

from __future__ import annotations

from typing import Protocol

from cardstation.domain.card import WritePlan
from cardstation.domain.tool_card import Carried, Tool, ToolCard, ToolContent, ToolUse
from cardstation.ports.layout import Format


class ToolLayout(Format, Protocol):
    """One format of tool cards; no layout of household cards knows one, nor the other way round.

    Attributes:
        tools: The kinds it is for. most_uses: So many uses find room on the card.
    """

    tools: frozenset[Tool]
    most_uses: int

    def decode(self, image: bytes) -> ToolContent:
        """Read everything.

        Raises:
            Refusal: `foreign_card`.
        """

    def plan_make(self, image: bytes, card: ToolCard) -> WritePlan:
        """Write a whole tool card on a blank.

        Raises:
            Refusal: `field_does_not_fit`.
        """

    def plan_wipe(self, image: bytes, mark: bytes) -> WritePlan:
        """A blank again; as `Layout.plan_wipe`."""

    def plan_claim(
        self, image: bytes, place: int, use: ToolUse, carried: Carried | None = None
    ) -> WritePlan:
        """What a meter writes before it does anything; the desk never calls this.

        Args:
            image: The card as it is.
            place: Which use, from 1.
            use: What the meter has now.
            carried: What a CHANGE card takes along.
        """

    def plan_done(self, image: bytes, place: int) -> WritePlan:
        """What a meter writes once it did it."""
