"""A form of the desk (申请单, 批准单): what was done for a household, signed by two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardstation.domain.card import Quantity


class FormOf(StrEnum):
    """What was done: 停用, 启用, 过户, 补气, 应急供气, 撤回应补气, 解除挂失."""

    STOPPED = "stopped"
    RESTARTED = "restarted"
    TRANSFERRED = "transferred"
    MAKE_UP = "make_up"
    EMERGENCY = "emergency"
    WITHDRAWN = "withdrawn"
    UNBLOCKED = "unblocked"


@dataclass(frozen=True, slots=True)
class DeskForm:
    """What two people sign.

    Attributes:
        record: The change, the grant, or the card. check_code: Of its fact in the journal.
        name: Of a transferred account the old owner's. owner: The new one's, else empty.
        approver: The second person, empty where nobody was asked.
        words: Why. document: What a grant rests on, else empty. quantity: Of a grant.
    """

    of: FormOf
    record: str
    check_code: str
    company: str
    station: str
    clerk: str
    approver: str
    made_at: datetime
    training: bool
    account_no: str
    name: str
    address: str
    card_no: str
    meter_no: str
    words: str
    owner: str = ""
    document: str = ""
    quantity: Quantity | None = None
