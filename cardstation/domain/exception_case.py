"""What is open, why, and the way to its end: at most three steps, each with a proof that closes it.

Every kind of thing that a service can leave open has a `Guide` here. The words of a step are in
`sentences.guides`, the key of an act is the screen's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

MOST_STEPS = 3
END_OF_SHIFT = 0
"""In place of hours: it must be settled, or signed over, before the shift ends."""
MONEY_H = 24
OFF_BOOK_H = 48
"""A purchase of another channel waits for that channel's file (the off-book rule: two days)."""
BAG_H = 48
ORDER_H = 30 * 24
"""A household that paid is called then, where no setting says otherwise; no order ever ends."""


class Kind(StrEnum):
    """What waits: the station, an intent, a line, a bag, money, a paid order, a ledger's entry."""

    VERDICT = "verdict"
    INTENT = "intent"
    LINE = "line"
    BAG = "bag"
    MONEY = "money"
    ORDER = "order"
    ENTRY = "entry"


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
    BATCH = "batch"


class Proof(StrEnum):
    """What closes a step."""

    CARD_READ = "card_read"
    PAYMENT_ANSWER = "payment_answer"
    SECOND_APPROVAL = "second_approval"
    WITNESS = "witness"
    DECISION = "decision"
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


_FIND = GuideStep("find_card", Who.CLERK, Act.CARD, Proof.CARD_READ)
_HOLD = GuideStep("hold", Who.TWO, Act.DISPUTE, Proof.SECOND_APPROVAL)
_SETTLE = GuideStep("settle", Who.TWO, Act.SETTLE, Proof.WITNESS)
_ANSWER = GuideStep("count_money", Who.CLERK, Act.ANSWER, Proof.PAYMENT_ANSWER)
_LOAD = GuideStep("load_card", Who.CLERK, Act.CARD, Proof.CARD_READ)
_REFUND = GuideStep("give_up", Who.TWO, Act.REFUND, Proof.CARD_READ)
_PAY_OUT = GuideStep("pay_out", Who.TWO, Act.PAY_OUT, Proof.SECOND_APPROVAL)
_OFF = GuideStep("off_card", Who.CLERK, Act.CARD, Proof.CARD_READ)
_REJOIN = GuideStep("compare", Who.TWO, Act.REJOIN, Proof.SECOND_APPROVAL)
_CALL = GuideStep("call_centre", Who.CENTRE, Act.NONE, Proof.LEDGER)
_READ = GuideStep("read_card", Who.CLERK, Act.CARD, Proof.CARD_READ)
_BOOKED = GuideStep("centre_books", Who.CENTRE, Act.NONE, Proof.LEDGER)
_TELL = GuideStep("tell_payer", Who.CLERK, Act.NONE, Proof.DECISION)
_CHANNEL = GuideStep("channel_file", Who.CENTRE, Act.NONE, Proof.CHANNEL_FILE)
_FREED = GuideStep("money_freed", Who.TWO, Act.NONE, Proof.SECOND_APPROVAL)
_ASK = GuideStep("ask_about_card", Who.CLERK, Act.NONE, Proof.DECISION)
_AGAIN = GuideStep("run_again", Who.CLERK, Act.BATCH, Proof.CARD_READ)
_BACK = GuideStep("back_unpaid", Who.CLERK, Act.BATCH, Proof.SIGNATURE)
_DECIDE = GuideStep("decide_row", Who.CLERK, Act.BATCH, Proof.DECISION)
_COUNT = GuideStep("count_bag", Who.CLERK, Act.NONE, Proof.COUNT)
_EXPLAIN = GuideStep("explain_cards", Who.CLERK, Act.BATCH, Proof.SIGNATURE)
_FREE = GuideStep("free_money", Who.CLERK, Act.BATCH, Proof.DECISION)
_GIVE = GuideStep("give_back", Who.TWO, Act.BATCH, Proof.SECOND_APPROVAL)
_CALL_HOME = GuideStep("call_home", Who.CLERK, Act.NONE, Proof.DECISION)

_UNKNOWN, _PAID, _OFFED = (_FIND, _HOLD, _SETTLE), (_LOAD, _REFUND, _PAY_OUT), (_OFF, _PAY_OUT)
_OF_UNKNOWN = Guide(_UNKNOWN, 0, (Act.CARD, Act.DISPUTE), END_OF_SHIFT, 1)
_OF_SALE = replace(_OF_UNKNOWN, now=(Act.CARD, Act.REFUND, Act.DISPUTE))
_OF_DOUBT = Guide(_UNKNOWN, 1, (Act.DISPUTE, Act.REFUND), END_OF_SHIFT, 1)
_OF_DISPUTE = Guide(_UNKNOWN, 2, (Act.SETTLE,), OFF_BOOK_H, 2)
_SALE, _RETURN = "sale", "return"

_INTENTS: Mapping[tuple[str, str], Guide] = {
    ("payment_question", _SALE): Guide((_ANSWER, _LOAD), 0, (Act.ANSWER,), END_OF_SHIFT, 1),
    ("payment_question", ""): Guide((_ANSWER,), 0, (Act.ANSWER,), END_OF_SHIFT, 1),
    ("outcome_unknown", _SALE): _OF_SALE,
    ("outcome_unknown", _RETURN): _OF_UNKNOWN,
    ("load_unfinished", _SALE): _OF_SALE,
    ("load_unfinished", _RETURN): _OF_UNKNOWN,
    ("paid_in_doubt", _SALE): _OF_DOUBT,
    ("card_not_as_left", _SALE): _OF_DOUBT,
    ("disputed", _SALE): _OF_DISPUTE,
    ("disputed", _RETURN): _OF_DISPUTE,
    ("paid_not_loaded", _SALE): Guide(_PAID, 0, (Act.CARD, Act.REFUND), MONEY_H, 4),
    ("refund_requested", _SALE): Guide(_PAID, 2, (Act.PAY_OUT,), MONEY_H, 3),
    ("return_requested", _RETURN): Guide(_OFFED, 0, (Act.CARD, Act.WITHDRAW), MONEY_H, 4),
    ("payout_pending", _RETURN): Guide(_OFFED, 1, (Act.PAY_OUT,), MONEY_H, 3),
}
_BEGUN = Guide((_FIND,), 0, (Act.CARD,), MONEY_H, 4)
"""A sale before its money was asked for: its card, or the next start, ends it."""

_RESTORED = Guide((_REJOIN,), 0, (Act.REJOIN,), END_OF_SHIFT, 0)
_STOPPED = Guide((_CALL,), 0, (), END_OF_SHIFT, 0)
REJOINABLE = frozenset({"ledger_ahead", "ledger_epoch", "rejoin_begun"})
"""Verdicts that two persons may end by comparing with the ledger."""

_LOOKED_AT = Guide((_BOOKED,), 0, (), OFF_BOOK_H, 8)
_ENTRIES: Mapping[str, Guide] = {
    "double_load": Guide((_READ, _BOOKED), 0, (Act.CARD,), MONEY_H, 7),
    "order_loaded_twice": Guide((_READ, _BOOKED), 0, (Act.CARD,), MONEY_H, 7),
    "false_seal": Guide((_FREED, _BOOKED), 0, (), MONEY_H, 7),
    "arrears_paid_before": Guide((_TELL, _BOOKED), 0, (), MONEY_H, 7),
    "counter_gap": Guide((_CHANNEL,), 0, (), OFF_BOOK_H, 8),
}
_BY_KIND: Mapping[Kind, Guide] = {
    Kind.LINE: Guide((_ASK, _AGAIN, _BACK), 0, (Act.BATCH,), BAG_H, 5),
    Kind.BAG: Guide((_COUNT, _EXPLAIN), 0, (Act.BATCH,), BAG_H, 5),
    Kind.MONEY: Guide((_FREE, _GIVE), 0, (Act.BATCH,), MONEY_H, 3),
    Kind.ORDER: Guide((_CALL_HOME, _LOAD), 0, (Act.CARD,), ORDER_H, 6),
}
_ROW = Guide((_DECIDE,), 0, (Act.BATCH,), BAG_H, 6)
"""A row of a list that no card was needed to doubt."""

UNSIGNED = frozenset(
    {
        *("outcome_unknown", "load_unfinished", "payment_question"),
        *("paid_in_doubt", "card_not_as_left"),
    }
)
"""What nobody knows the outcome of: no shift closes over it on one signature."""


def guide_of(kind: Kind, code: str, *, direction: str = "", state: str = "") -> Guide:
    """The guide of an open thing.

    Args:
        kind: What it is.
        code: Why it is open. Of verdicts, entries and lines a new one has a guide, too.
        direction: Of an intent, empty for a batch payment.
        state: Of an intent. Of a line: `seen` when its card lay in a reader.
    """
    if kind is Kind.INTENT:
        return _BEGUN if state == "quoted" else _INTENTS[code, direction]
    if kind is Kind.VERDICT:
        return _RESTORED if code in REJOINABLE else _STOPPED
    if kind is Kind.ENTRY:
        return _ENTRIES.get(code, _LOOKED_AT)
    if kind is Kind.LINE and state != "seen":
        return _ROW
    return _BY_KIND[kind]


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
