"""The slip of a tool card: given to a fitter (领用), or brought back (交回)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.tool_card import ToolContent


@dataclass(frozen=True, slots=True)
class ToolSlip:
    """What the fitter signs for.

    Attributes:
        work: `tool` or `tool_back`. content: The card, with what meters wrote once it is back.
        name, address: Of the household, empty where the card names none.
    """

    work: str
    work_id: str
    company: str
    station: str
    clerk: str
    approver: str
    made_at: datetime
    training: bool
    holder: str
    content: ToolContent
    account_no: str
    name: str
    address: str
