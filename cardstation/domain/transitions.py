"""The states of a top-up: a table for the way onto the card, for the way back, for a whole card.

A sale or load::

    quoted ─► pay_pending ─► paid ─► armed ─► sealed ─► (posted: derived from the ledger's ack)
       │       │     │         │       │         └──► refund_requested   (another desk's load)
       ▼       ▼     ▼         │       ├─► outcome_unknown ── the card is read ──► sealed
     voided◄───┴ pay_unknown   │       │                                      ├──► not_loaded
                               │       └─► not_loaded ─► armed (same intent)  ├──► armed (torn)
                               ▼                │                             └──► disputed*
                       refund_requested* ◄──────┘
                               └─► refunded*                     (* two persons)

    disputed ── two persons with a proof ──► sealed* | refund_requested*
       ├── another desk has sealed it ──► sealed; a load begun elsewhere that is none ──► voided*
       └── its card comes after all, and can tell ──► sealed | not_loaded | armed (torn)
    not_loaded, refund_requested, and another desk has sealed it meanwhile ──► sealed
    sealed here for the desk that began it, and another desk's load after all ──► voided

    paid, its records put back from a backup, its card gone on since ──► paid ──► disputed*
    not_loaded, its card gone on since ──► not_loaded ──► disputed*
    outcome_unknown, its card read and neither before, after, nor torn ──► outcome_unknown
    paid, outcome_unknown or not_loaded, its card lost or broken ──► disputed*

A return or reversal: card first, then money::

    requested* ─► armed ─► sealed ─► payout_pending ─► refunded*
        │           ├─► outcome_unknown ── the card is read ──► sealed | not_returned
        ▼           ▼                                           | armed (torn) | disputed*
      voided ◄── not_returned ─► armed (same intent)

    outcome_unknown, its card read and neither of these ──► outcome_unknown ──► disputed*
    outcome_unknown, its card lost or broken ──► disputed*
    disputed ── two persons with a proof ──► voided* (still loaded) | sealed* (off the card)
       └── its card comes after all, and can tell ──► sealed | not_returned | armed (torn)

A work on a card, which moves neither gas nor money: a whole card is written::

    requested ─► armed ─► sealed         (requested and armed are one commit)
                 │ ▲ ▲
                 │ │ └── another blank, or over what a tear left: the same content ── armed
                 ▼ │
        outcome_unknown ── the card is read ──► sealed | armed
    armed, outcome_unknown ── two persons lay its card aside ──► voided*
    sealed, and the card is gone before anything was loaded on it ── two persons ──► voided*

Source: MONEY-SAFETY 1. From *paid* on money has been taken: the only ways out are the card, a
refund, or what two people find. A torn card never proves anything, so it only leads back to
*armed*.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cardstation.errors import ensure, fail


class Direction(StrEnum):
    """Which way gas and money go; a work writes a whole card and moves neither."""

    SALE = "sale"
    RETURN = "return"
    WORK = "work"


class TopUpState(StrEnum):
    """Where a top-up or a return stands, as last committed."""

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
    REQUESTED = "requested"
    NOT_RETURNED = "not_returned"
    PAYOUT_PENDING = "payout_pending"


class TopUpEvent(StrEnum):
    """What moves it on."""

    MONEY_ASKED = "money_asked"
    MONEY_CERTAIN = "money_certain"
    MONEY_NOT_TAKEN = "money_not_taken"
    MONEY_IN_DOUBT = "money_in_doubt"
    PLAN_STORED = "plan_stored"
    LINK_LOST = "link_lost"
    SEEN_TARGET = "seen_target"
    SEEN_BEFORE = "seen_before"
    SEEN_TORN = "seen_torn"
    SEEN_FOREIGN = "seen_foreign"
    SEEN_AHEAD = "seen_ahead"
    PROVEN_LOADED = "proven_loaded"
    PROVEN_NOT_LOADED = "proven_not_loaded"
    PROVEN_NOT_OURS = "proven_not_ours"
    DISOWNED = "disowned"
    DISOWNED_THERE = "disowned_there"
    REFUND_ASKED = "refund_asked"
    WITHDRAWN = "withdrawn"
    PAYOUT_ASKED = "payout_asked"
    MONEY_RETURNED = "money_returned"


_S, _E = TopUpState, TopUpEvent
Table = Mapping[tuple[TopUpState, TopUpEvent], TopUpState]

SALE: Table = {
    (_S.QUOTED, _E.MONEY_ASKED): _S.PAY_PENDING,
    (_S.QUOTED, _E.MONEY_NOT_TAKEN): _S.VOIDED,
    (_S.PAY_PENDING, _E.MONEY_CERTAIN): _S.PAID,
    (_S.PAY_PENDING, _E.MONEY_NOT_TAKEN): _S.VOIDED,
    (_S.PAY_PENDING, _E.MONEY_IN_DOUBT): _S.PAY_UNKNOWN,
    (_S.PAY_UNKNOWN, _E.MONEY_CERTAIN): _S.PAID,
    (_S.PAY_UNKNOWN, _E.MONEY_NOT_TAKEN): _S.VOIDED,
    (_S.PAID, _E.PLAN_STORED): _S.ARMED,
    (_S.PAID, _E.REFUND_ASKED): _S.REFUND_REQUESTED,
    (_S.PAID, _E.SEEN_AHEAD): _S.PAID,
    (_S.PAID, _E.SEEN_FOREIGN): _S.DISPUTED,
    (_S.ARMED, _E.LINK_LOST): _S.OUTCOME_UNKNOWN,
    (_S.ARMED, _E.SEEN_TARGET): _S.SEALED,
    (_S.ARMED, _E.SEEN_BEFORE): _S.NOT_LOADED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_TARGET): _S.SEALED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_BEFORE): _S.NOT_LOADED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_TORN): _S.ARMED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_AHEAD): _S.OUTCOME_UNKNOWN,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_FOREIGN): _S.DISPUTED,
    (_S.NOT_LOADED, _E.PLAN_STORED): _S.ARMED,
    (_S.NOT_LOADED, _E.SEEN_TARGET): _S.SEALED,
    (_S.NOT_LOADED, _E.REFUND_ASKED): _S.REFUND_REQUESTED,
    (_S.NOT_LOADED, _E.SEEN_AHEAD): _S.NOT_LOADED,
    (_S.NOT_LOADED, _E.SEEN_FOREIGN): _S.DISPUTED,
    (_S.SEALED, _E.DISOWNED): _S.REFUND_REQUESTED,
    (_S.SEALED, _E.DISOWNED_THERE): _S.VOIDED,
    (_S.REFUND_REQUESTED, _E.MONEY_RETURNED): _S.REFUNDED,
    (_S.REFUND_REQUESTED, _E.SEEN_TARGET): _S.SEALED,
    (_S.DISPUTED, _E.SEEN_TARGET): _S.SEALED,
    (_S.DISPUTED, _E.SEEN_BEFORE): _S.NOT_LOADED,
    (_S.DISPUTED, _E.SEEN_TORN): _S.ARMED,
    (_S.DISPUTED, _E.SEEN_AHEAD): _S.DISPUTED,
    (_S.DISPUTED, _E.PROVEN_LOADED): _S.SEALED,
    (_S.DISPUTED, _E.PROVEN_NOT_LOADED): _S.REFUND_REQUESTED,
    (_S.DISPUTED, _E.PROVEN_NOT_OURS): _S.VOIDED,
}

RETURN: Table = {
    (_S.REQUESTED, _E.PLAN_STORED): _S.ARMED,
    (_S.REQUESTED, _E.WITHDRAWN): _S.VOIDED,
    (_S.ARMED, _E.LINK_LOST): _S.OUTCOME_UNKNOWN,
    (_S.ARMED, _E.SEEN_TARGET): _S.SEALED,
    (_S.ARMED, _E.SEEN_BEFORE): _S.NOT_RETURNED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_TARGET): _S.SEALED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_BEFORE): _S.NOT_RETURNED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_TORN): _S.ARMED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_AHEAD): _S.OUTCOME_UNKNOWN,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_FOREIGN): _S.DISPUTED,
    (_S.NOT_RETURNED, _E.PLAN_STORED): _S.ARMED,
    (_S.NOT_RETURNED, _E.WITHDRAWN): _S.VOIDED,
    (_S.SEALED, _E.PAYOUT_ASKED): _S.PAYOUT_PENDING,
    (_S.PAYOUT_PENDING, _E.MONEY_RETURNED): _S.REFUNDED,
    (_S.DISPUTED, _E.SEEN_TARGET): _S.SEALED,
    (_S.DISPUTED, _E.SEEN_BEFORE): _S.NOT_RETURNED,
    (_S.DISPUTED, _E.SEEN_TORN): _S.ARMED,
    (_S.DISPUTED, _E.SEEN_AHEAD): _S.DISPUTED,
    (_S.DISPUTED, _E.PROVEN_LOADED): _S.VOIDED,
    (_S.DISPUTED, _E.PROVEN_NOT_LOADED): _S.SEALED,
}

WORK: Table = {
    (_S.REQUESTED, _E.PLAN_STORED): _S.ARMED,
    (_S.ARMED, _E.PLAN_STORED): _S.ARMED,
    (_S.ARMED, _E.LINK_LOST): _S.OUTCOME_UNKNOWN,
    (_S.ARMED, _E.SEEN_TARGET): _S.SEALED,
    (_S.ARMED, _E.PROVEN_NOT_LOADED): _S.VOIDED,
    (_S.OUTCOME_UNKNOWN, _E.PLAN_STORED): _S.ARMED,
    (_S.OUTCOME_UNKNOWN, _E.SEEN_TARGET): _S.SEALED,
    (_S.OUTCOME_UNKNOWN, _E.PROVEN_NOT_LOADED): _S.VOIDED,
    (_S.SEALED, _E.PROVEN_NOT_LOADED): _S.VOIDED,
}

TABLES: Mapping[Direction, Table] = {
    Direction.SALE: SALE,
    Direction.RETURN: RETURN,
    Direction.WORK: WORK,
}
BEGINNING: Mapping[Direction, TopUpState] = {
    Direction.SALE: _S.QUOTED,
    Direction.RETURN: _S.REQUESTED,
    Direction.WORK: _S.REQUESTED,
}

TWO_PERSONS: frozenset[TopUpEvent] = frozenset(
    {
        *(_E.REFUND_ASKED, _E.MONEY_RETURNED, _E.SEEN_FOREIGN),
        *(_E.PROVEN_LOADED, _E.PROVEN_NOT_LOADED, _E.PROVEN_NOT_OURS),
    }
)
"""And a return needs the second person at its beginning."""

FINAL: Mapping[Direction, frozenset[TopUpState]] = {
    Direction.SALE: frozenset({_S.VOIDED, _S.SEALED, _S.REFUNDED}),
    Direction.RETURN: frozenset({_S.VOIDED, _S.REFUNDED}),
    Direction.WORK: frozenset({_S.VOIDED, _S.SEALED}),
}
"""Nothing is left to do. A sealed load of another desk is disowned by the ledger only."""

OFF_CARD: frozenset[TopUpState] = frozenset(
    {_S.VOIDED, _S.SEALED, _S.REFUNDED, _S.REFUND_REQUESTED, _S.PAYOUT_PENDING}
)
"""The card has nothing more to do with it: the next intent of the card may begin."""

TAKEN_OFF: tuple[TopUpState, ...] = (_S.SEALED, _S.PAYOUT_PENDING, _S.REFUNDED)
"""Of a return: its load is off the card, whatever has become of the money."""

WAITS_FOR_CARD: frozenset[TopUpState] = frozenset(TopUpState) - OFF_CARD
MAY_BE_ON_CARD: frozenset[TopUpState] = frozenset({_S.ARMED, _S.OUTCOME_UNKNOWN})


def advance(
    direction: Direction, state: TopUpState, event: TopUpEvent, *, approver: str = ""
) -> TopUpState:
    """The next state.

    Args:
        direction: Which table.
        state: Where it stands.
        event: What happened.
        approver: The second person, needed by the events in `TWO_PERSONS`.

    Raises:
        Defect: the table knows no such move, or the second person is missing.
    """
    ensure(event not in TWO_PERSONS or bool(approver), f"{event} needs a second person")
    try:
        return TABLES[direction][state, event]
    except KeyError:
        fail(f"no way from {state} by {event} ({direction})")
