"""What is open, why, and the way to its end: at most three steps, each with a proof that closes it.

Every kind of thing that a service can leave open has a `Guide` in `domain.guides`. The words of a
step are in `sentences.guides`, the key of an act is the screen's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_STEPS = 3
END_OF_SHIFT = 0
"""In place of hours: it must be settled, or signed over, before the shift ends."""
MONEY_H = 24
OFF_BOOK_H = 48
"""A purchase of another channel waits for that channel's file (the off-book rule: two days)."""
BAG_H = 48
KEPT_H = 7 * 24
"""A household whose card is kept here is called again at least once a week."""
ORDER_H = 30 * 24
"""A household that paid is called then, where no setting says otherwise; no order ever ends."""


class Kind(StrEnum):
    """What waits: the station, an intent, a line, a bag, money, a paid order, a ledger's entry.

    Or a shift, for the signature of whoever opens the next one; or a tool card that is overdue.
    """

    VERDICT = "verdict"
    INTENT = "intent"
    LINE = "line"
    BAG = "bag"
    MONEY = "money"
    ORDER = "order"
    ENTRY = "entry"
    SHIFT = "shift"
    TOOL = "tool"


class Who(StrEnum):
    """Who may take a step."""

    CLERK = "clerk"
    TWO = "two"
    CENTRE = "centre"


class Act(StrEnum):
    """What a person does in a step; `none` is done away from the desk."""

    NONE = "none"
    CARD = "card"
    ANSWER = "answer"
    REFUND = "refund"
    PAY_OUT = "pay_out"
    DISPUTE = "dispute"
    SETTLE = "settle"
    WITHDRAW = "withdraw"
    REJOIN = "rejoin"
    DECIDE = "decide"
    LEAVE_OUT = "leave_out"
    TAKE_MONEY = "take_money"
    ARREARS = "arrears"
    ENVELOPE = "envelope"
    BACK_UNPAID = "back_unpaid"
    RELEASE = "release"
    GIVE_BACK = "give_back"
    COUNT = "count"
    EXPLAIN = "explain"
    HAND_BACK = "hand_back"
    HAND_OVER = "hand_over"
    PHOTOGRAPH = "photograph"
    TAKE_OFF = "take_off"
    HOLD_ORDER = "hold_order"
    CLOSE = "close"


class Proof(StrEnum):
    """What closes a step."""

    CARD_READ = "card_read"
    PAYMENT_ANSWER = "payment_answer"
    SECOND_APPROVAL = "second_approval"
    WITNESS = "witness"
    SLIP = "slip"
    DECISION = "decision"
    CONSENT = "consent"
    COUNT = "count"
    SIGNATURE = "signature"
    CHANNEL_FILE = "channel_file"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step; `code` names its words."""

    code: str
    who: Who
    act: Act
    proof: Proof


@dataclass(frozen=True, slots=True)
class Guide:
    """The way to the end of one open thing.

    Attributes:
        steps: In order; at most `MOST_STEPS`.
        at: Place of the step it waits for, from 0; those before are done.
        now: What can be done at once, the main thing first; other steps may be skipped to.
        hours: How long it may stay open, `END_OF_SHIFT` = until the shift ends.
        rank: 0 the worst.
    """

    steps: tuple[GuideStep, ...]
    at: int
    now: tuple[Act, ...]
    hours: int
    rank: int

    @property
    def step(self) -> GuideStep:
        """The step it waits for."""
        return self.steps[self.at]


UNSIGNED = frozenset(
    {
        *("outcome_unknown", "load_unfinished", "payment_question"),
        *("paid_in_doubt", "card_not_as_left"),
    }
)
"""What nobody knows the outcome of: no shift closes over it on one signature."""


def due_at(guide: Guide, since: datetime | None) -> datetime | None:
    """When it is due; None at the end of the shift, or where the beginning is not known."""
    if since is None or guide.hours == END_OF_SHIFT:
        return None
    return since + timedelta(hours=guide.hours)


def is_overdue(
    guide: Guide, since: datetime | None, *, now: datetime, shift_since: datetime | None
) -> bool:
    """Whether its time is over; what is due at a shift's end is, when it is older than the shift.

    Args:
        guide: Of the thing.
        since: When it began.
        now: The time.
        shift_since: When the open shift began, or the last one ended; None = there was none.
    """
    due = due_at(guide, since)
    if due is not None:
        return now > due
    return since is not None and shift_since is not None and since < shift_since
