"""What is open, in words a screen or a list can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cardstation.domain.guides import IN_DOUBT
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import TopUp, Work
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.domain.volume import Volume
from cardstation.services.intent.paying_out import OWED, may_be_paid
from cardstation.services.intent.went_on import doubt_about
from cardstation.services.station import Station
from cardstation.store import Reading
from cardstation.store.funds import AskedPayment

_CODES = {
    TopUpState.QUOTED: "load_unfinished",
    TopUpState.PAY_PENDING: "payment_question",
    TopUpState.PAY_UNKNOWN: "payment_question",
    TopUpState.PAID: "paid_not_loaded",
    TopUpState.ARMED: "load_unfinished",
    TopUpState.OUTCOME_UNKNOWN: "outcome_unknown",
    TopUpState.NOT_LOADED: "paid_not_loaded",
    TopUpState.REFUND_REQUESTED: "refund_requested",
    TopUpState.DISPUTED: "disputed",
    TopUpState.REQUESTED: "return_requested",
    TopUpState.NOT_RETURNED: "return_requested",
    TopUpState.SEALED: "payout_pending",
    TopUpState.PAYOUT_PENDING: "payout_pending",
}

_WORKS: Mapping[str, str] = {
    Work.CLEAR: "card_clearing_open",
    Work.CHANGE: "card_change_open",
    Work.TOOL: "tool_card_open",
    Work.TOOL_BACK: "tool_back_open",
}
"""Works that are not for a household's card."""


@dataclass(frozen=True, slots=True)
class OpenIntent:
    """Something begun and not finished; it waits for its card or for a human.

    Attributes:
        intent_id: Id of the top-up, or of a batch payment (then `account_no` is empty).
        code: What is open, a code of the catalogue; `payment_question` waits for an answer.
        row: Row in the batch's list, 0 when none.
        volume: None for money meters and payments.
        age_min: Whole minutes since it was begun.
        owner: The clerk who began it.
        direction: `sale`, `return` or `work`; empty for a payment.
        origin: The station that began it, empty = this one.
        meter_no: Of the meter that its card belongs to; empty for a payment.
    """

    intent_id: str
    state: str
    code: str
    account_no: str
    card_no: str
    batch_id: str
    row: int
    tender: Tender
    money: Money
    volume: Volume | None
    since: datetime
    age_min: int
    owner: str = ""
    direction: str = ""
    origin: str = ""
    meter_no: str = ""


_GIVEN = {
    "paid_not_loaded": "given_not_loaded",
    "refund_requested": "given_up_open",
    "payout_pending": "given_up_open",
}
"""Of gas that two people gave: nobody paid, and nobody is owed anything."""


def code_about(intent: TopUp) -> str:
    """As `code_of`, of an intent."""
    code = code_of(intent.state, intent.direction, intent.reference)
    return _GIVEN.get(code, code) if intent.is_given else code


def code_of(state: TopUpState, direction: Direction = Direction.SALE, work: str = "") -> str:
    """What an open state means, as a code of the catalogue; of a work, by which one it is."""
    if direction is Direction.WORK:
        return _WORKS.get(work, "card_work_open")
    return _CODES[state]


def opened(station: Station, intent: TopUp) -> OpenIntent:
    """An open top-up or return as shown."""
    with station.store.reading() as reading:
        owner = reading.topups.begun_by(intent.topup_id)
        doubt = doubt_about(reading, intent) or _payout_doubt(station, reading, intent)
    return OpenIntent(
        intent_id=intent.topup_id,
        state=intent.state.value,
        code=doubt or code_about(intent),
        account_no=intent.account_no,
        card_no=intent.identity.card_no,
        batch_id=intent.batch_id,
        row=intent.row,
        tender=intent.tender,
        money=intent.money,
        volume=intent.quote.volume,
        since=intent.opened_at,
        age_min=_minutes(station, intent.opened_at),
        owner=owner or station.clerk,
        direction=intent.direction.value,
        origin=intent.origin,
        meter_no=intent.identity.meter_no,
    )


def opened_payment(station: Station, asked: AskedPayment) -> OpenIntent:
    """A batch payment whose outcome nobody recorded, as shown."""
    return OpenIntent(
        intent_id=asked.payment_id,
        state=asked.state,
        code="payment_question",
        account_no="",
        card_no="",
        batch_id=asked.batch_id,
        row=0,
        tender=asked.tender,
        money=asked.money,
        volume=None,
        since=asked.at,
        age_min=_minutes(station, asked.at),
        owner=asked.clerk or station.clerk,
    )


def _payout_doubt(station: Station, reading: Reading, intent: TopUp) -> str:
    """Money that is owed, and may be with its payer already."""
    owed = intent.state in OWED[intent.direction]
    return IN_DOUBT if owed and may_be_paid(station, reading, intent) else ""


def _minutes(station: Station, since: datetime) -> int:
    return max(0, int((station.clock.now() - since).total_seconds() // 60))
