"""What the exceptions screen shows: everything begun and not finished, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardstation.domain.batch import LineState
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval
from cardstation.ports.ledger import LedgerException
from cardstation.services.batch_state import BatchState
from cardstation.services.intent.never_armed import IN_DOUBT
from cardstation.services.intent.opened import OpenIntent
from cardstation.services.sync_state import SyncState
from ui.messages import Problem
from ui.screens.counter.state import Phase

QUESTION = "payment_question"
"""The code of what a human answers here."""
RESTORED = frozenset({"ledger_ahead", "ledger_epoch"})
"""Verdicts that two persons may end by comparing with the ledger."""


class Kind(StrEnum):
    """What waits: an intent, a line of a list, the ledger's verdict on the station, an entry."""

    VERDICT = "verdict"
    INTENT = "intent"
    LINE = "line"
    ENTRY = "entry"


class Action(StrEnum):
    """What a person can do about it."""

    ANSWER = "answer"
    REFUND = "refund"
    PAY_OUT = "pay_out"
    DISPUTE = "dispute"
    SETTLE = "settle"
    WITHDRAW = "withdraw"
    REJOIN = "rejoin"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits.

    Attributes:
        key: Id of the intent, or what else tells it from the others.
        code: Why. who: Name and room. owner: Who has to act, empty = not a clerk.
        seq: Of the entry, 0 for everything else.
        since, age_min: None where the beginning is not known.
    """

    kind: Kind
    key: str
    code: str
    who: str = ""
    card_no: str = ""
    batch_id: str = ""
    row: int = 0
    money: Money | None = None
    since: datetime | None = None
    age_min: int | None = None
    owner: str = ""
    state: str = ""
    direction: str = ""
    origin: str = ""
    tender: str = ""
    seq: int = 0

    @property
    def actions(self) -> tuple[Action, ...]:
        """What can be done about it by people, without waiting for the card."""
        if self.kind is Kind.VERDICT:
            return (Action.REJOIN,) if self.code in RESTORED else ()
        if self.kind is not Kind.INTENT:
            return ()
        if self.code == QUESTION:
            return (Action.ANSWER,)
        if self.code == IN_DOUBT:
            return _ON_CARD
        return _BY_STATE.get((self.direction, self.state), ())


_ON_CARD = (Action.REFUND, Action.DISPUTE)
_BY_STATE: dict[tuple[str, str], tuple[Action, ...]] = {
    ("sale", "paid"): (Action.REFUND,),
    ("sale", "not_loaded"): (Action.REFUND,),
    ("sale", "armed"): _ON_CARD,
    ("sale", "outcome_unknown"): _ON_CARD,
    ("sale", "refund_requested"): (Action.PAY_OUT,),
    ("return", "requested"): (Action.WITHDRAW,),
    ("return", "not_returned"): (Action.WITHDRAW,),
    ("return", "armed"): (Action.DISPUTE,),
    ("return", "outcome_unknown"): (Action.DISPUTE,),
    ("sale", "disputed"): (Action.SETTLE,),
    ("return", "disputed"): (Action.SETTLE,),
    ("return", "sealed"): (Action.PAY_OUT,),
    ("return", "payout_pending"): (Action.PAY_OUT,),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A refund that waits for its card: only that card proves that nothing was loaded.

    Attributes:
        phase: Of the card in the reader.
    """

    key: str
    card_no: str
    money: Money
    approval: Approval
    phase: Phase = Phase.EMPTY
    problem: Problem | None = None

    @property
    def tail(self) -> str:
        """The last four digits of the card."""
        return self.card_no[-4:]


@dataclass(frozen=True, slots=True)
class State:
    """What waits, the oldest first; None = not looked up yet."""

    items: tuple[Item, ...] | None = None
    wanted: Wanted | None = None


def of_intent(one: OpenIntent) -> Item:
    """Something open on this station's records."""
    return Item(
        kind=Kind.INTENT,
        key=one.intent_id,
        code=one.code,
        card_no=one.card_no,
        batch_id=one.batch_id,
        row=one.row,
        money=one.money,
        since=one.since,
        age_min=one.age_min,
        owner=one.owner,
        state=one.state,
        direction=one.direction,
        origin=one.origin,
        tender=one.tender.value,
    )


def of_batch(found: BatchState, owner: str, now: datetime) -> list[Item]:
    """Lines whose card was stopped, or whose load is not certain."""
    batch = found.batch
    age_min = max(0, int((now - batch.imported_at).total_seconds() // 60))
    return [
        Item(
            kind=Kind.LINE,
            key=f"{batch.batch_id}#{one.line.row.row}",
            code=one.reason,
            who=f"{one.line.name}  {one.line.door}",
            card_no=one.line.card_no,
            batch_id=batch.batch_id,
            row=one.line.row.row,
            money=one.line.money,
            since=batch.imported_at,
            age_min=age_min,
            owner=owner,
        )
        for one in found.outcomes
        if one.state in (LineState.STOPPED, LineState.UNKNOWN)
    ]


def of_sync(found: SyncState) -> list[Item]:
    """Why selling stopped, and entries the ledger put aside for the centre."""
    verdict = [Item(Kind.VERDICT, found.verdict, found.verdict)] if found.verdict else []
    return [*verdict, *(_of_entry(one) for one in found.exceptions)]


def _of_entry(one: LedgerException) -> Item:
    return Item(Kind.ENTRY, f"entry {one.seq}", one.code, seq=one.seq)
