"""The life of a sale or load: one table of states, one pure `advance`, and the value it belongs to.

::

    quoted ─► pay_pending ─► paid ─► armed ─► sealed ─► (posted: derived from the ledger's ack)
       │       │     │         │       │
       ▼       ▼     ▼         │       ├─► outcome_unknown ── the card is read ──► sealed
     voided◄───┴ pay_unknown   │       │                                      ├──► not_loaded
                               │       └─► not_loaded ─► armed (same intent)  ├──► armed (torn)
                               ▼                │                             └──► disputed*
                       refund_requested* ◄──────┘
                               └─► refunded*                     (* two persons)

Source: MONEY-SAFETY 1. From *paid* on money has been taken: the only ways out are the card or a
refund. A torn card never proves that nothing was loaded, so it only leads back to *armed*.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardstation.domain.card import CardIdentity, Quantity, WritePlan
from cardstation.domain.meter import CounterSchool
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Quote
from cardstation.domain.volume import Volume
from cardstation.errors import ensure, fail

NO_MARK = bytes(4)


class Step(StrEnum):
    """What the desk shows while a top-up runs, in this order."""

    READ = "read"
    CHECK = "check"
    PAY = "pay"
    WRITE = "write"
    VERIFY = "verify"
    RECEIPT = "receipt"


class TopUpState(StrEnum):
    """Where a top-up stands, as last committed."""

    QUOTED = "quoted"
    PAY_PENDING = "pay_pending"
    PAY_UNKNOWN = "pay_unknown"
    PAID = "paid"
    ARMED = "armed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    NOT_LOADED = "not_loaded"
    SEALED = "sealed"
    VOIDED = "voided"
    REFUND_REQUESTED = "refund_requested"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class TopUpEvent(StrEnum):
    """What moves a top-up on."""

    MONEY_ASKED = "money_asked"
    MONEY_CERTAIN = "money_certain"
    MONEY_NOT_TAKEN = "money_not_taken"
    MONEY_IN_DOUBT = "money_in_doubt"
    PLAN_STORED = "plan_stored"
    LINK_LOST = "link_lost"
    SEEN_LOADED = "seen_loaded"
    SEEN_BEFORE = "seen_before"
    SEEN_TORN = "seen_torn"
    SEEN_FOREIGN = "seen_foreign"
    REFUND_ASKED = "refund_asked"
    MONEY_RETURNED = "money_returned"


_S, _E = TopUpState, TopUpEvent

TRANSITIONS: Mapping[tuple[TopUpState, TopUpEvent], TopUpState] = {
    (_S.QUOTED, _E.MONEY_ASKED): _S.PAY_PENDING,
    (_S.QUOTED, _E.MONEY_NOT_TAKEN): _S.VOIDED,
    (_S.PAY_PENDING, _E.MONEY_CERTAIN): _S.PAID,
    (_S.PAY_PENDING, _E.MONEY_NOT_TAKEN): _S.VOIDED,
    (_S.PAY_PENDING, _E.MONEY_IN_DOUBT): _S.PAY_UNKNOWN,
    (_S.PAY_UNKNOWN, _E.MONEY_CERTAIN): _S.PAID,
    (_S.PAY_UNKNOWN, _E.MONEY_NOT_TAKEN): _S.VOIDED,
    (_S.PAID, _E.PLAN_STORED): _S.ARMED,
    (_S.PAID, _E.REFUND_ASKED): _S.REFUND_REQUESTED,
    (_S.ARMED, _E.LINK_LOST): _S.OUTCOME_UNKNOWN,
    (_S.ARMED, _E.SEEN_LOADED): _S.SEALED,
    (_S.ARMED, _E.SEEN_BEFORE): _S.NOT_LOADED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_LOADED): _S.SEALED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_BEFORE): _S.NOT_LOADED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_TORN): _S.ARMED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_FOREIGN): _S.DISPUTED,
    (_S.NOT_LOADED, _E.PLAN_STORED): _S.ARMED,
    (_S.NOT_LOADED, _E.REFUND_ASKED): _S.REFUND_REQUESTED,
    (_S.REFUND_REQUESTED, _E.MONEY_RETURNED): _S.REFUNDED,
}

TWO_PERSONS: frozenset[TopUpEvent] = frozenset(
    {_E.REFUND_ASKED, _E.MONEY_RETURNED, _E.SEEN_FOREIGN}
)
FINAL: frozenset[TopUpState] = frozenset({_S.VOIDED, _S.SEALED, _S.REFUNDED})
OPEN: frozenset[TopUpState] = frozenset(TopUpState) - FINAL
MAY_BE_ON_CARD: frozenset[TopUpState] = frozenset({_S.ARMED, _S.OUTCOME_UNKNOWN})


def advance(state: TopUpState, event: TopUpEvent, *, approver: str = "") -> TopUpState:
    """The next state.

    Args:
        state: Where the top-up stands.
        event: What happened.
        approver: The second person, needed by the events in `TWO_PERSONS`.

    Raises:
        Defect: the table knows no such move, or the second person is missing.
    """
    ensure(event not in TWO_PERSONS or bool(approver), f"{event} needs a second person")
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        fail(f"no way from {state} by {event}")


@dataclass(frozen=True, slots=True)
class TopUpRequest:
    """What the operator asked for: either money or a volume.

    Attributes:
        tender: How it is paid.
        reference: The bank's or the QR service's own number, empty for cash.
        agreed: The quote the operator saw; a different price now is refused, never charged.
    """

    money: Money | None = None
    volume: Volume | None = None
    tender: Tender = Tender.CASH
    reference: str = ""
    agreed: Quote | None = None


@dataclass(frozen=True, slots=True)
class TopUp:
    """One intent: who, what for how much, and what shall stand on the card.

    Attributes:
        topup_id: UUIDv7, made before anything else happens.
        quantity: What the card will carry.
        known_counter: Last counter the station knew; the card may have been ahead of it.
        counter_before, counter_after: Purchase counter on the card and in the target.
        plan: Before-image, spans and desk-owned ranges; None until armed.
        batch_id, line: The manifest line it fulfils (1-based place in the batch), empty and 0 for
            a counter sale. row: That line's row in its sheet.
    """

    topup_id: str
    state: TopUpState
    account_no: str
    identity: CardIdentity
    quote: Quote
    quantity: Quantity
    tender: Tender
    reference: str
    batch_id: str
    line: int
    row: int
    order_id: str
    known_counter: int
    counter_before: int
    counter_after: int
    before: bytes
    plan: WritePlan | None
    opened_at: datetime

    @property
    def mark(self) -> bytes:
        """What the card carries to say whose load it is."""
        return mark_of(self.topup_id)


def mark_of(topup_id: str) -> bytes:
    """Four bytes of the id's SHA-256: ids of one minute share their first bytes, these do not."""
    return hashlib.sha256(topup_id.encode()).digest()[:4]


def next_counter(school: CounterSchool, current: int) -> int:
    """The purchase counter of the next load; makers without a counter keep what stands there."""
    return current if school is CounterSchool.NONE else current + 1
