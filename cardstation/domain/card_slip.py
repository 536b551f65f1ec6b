"""A card slip (发卡凭条) as a frozen copy of everything printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.card import Quantity


@dataclass(frozen=True, slots=True)
class CardSlip:
    """What is filed of a card that was issued, bound, cleared or changed; no money is taken.

    Attributes:
        work: `issue`: the card goes to its meter first, and comes back; `bind`: it may be loaded;
            `clear`: it is nobody's any more; `reissue`: it took the place of another; `change`: it
            opens the meter in place of another, or is of the old one again.
        work_id: Of the work; its fact is in the chain.
        meter_no: On the card; empty as long as only its meter knows it.
        filed_meter_no: The one on file.
        counter: Purchase counter on the card; of one that was cleared, what it was.
        approver: Who else agreed, where two persons were needed.
        quantity: The load that a reissue carries once more, None where it carries none.
        spent: Of a card that was cleared: it is no blank, and is cut in two.
        training: Prints 培训 on the paper.
    """

    work: str
    work_id: str
    company: str
    station: str
    clerk: str
    made_at: datetime
    training: bool
    account_no: str
    name: str
    address: str
    card_no: str
    maker: str
    meter_no: str
    filed_meter_no: str
    generation: int
    counter: int
    approver: str = ""
    quantity: Quantity | None = None
    spent: bool = False
