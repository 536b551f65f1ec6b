"""Begins a load: the id is made and stored before anything else happens, then money is asked."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.domain.admission import Admitted, is_free_mark, quantity_of
from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules
from cardstation.domain.money import NO_MONEY
from cardstation.domain.payment import GIVEN, WITHOUT_ASKING, Tender
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import TopUp, next_counter
from cardstation.domain.transitions import TopUpEvent, TopUpState
from cardstation.errors import OutcomeUnknown, Refusal, ensure
from cardstation.ports.payment import PaymentAnswer
from cardstation.services.identify import Inserted
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.granting import Contact, granted
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.load import Unlocking, planned, tries_of
from cardstation.services.intent.records import (
    record_begun,
    record_begun_armed,
    record_begun_paid,
    record_move,
    record_paid,
)
from cardstation.services.offline_quota import ensure_offline_limit
from cardstation.services.station import Station


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a load is for: a counter sale has only a tender and a reference."""

    tender: Tender
    reference: str = ""
    batch_id: str = ""
    line: int = 0
    row: int = 0
    order_id: str = ""


def begin(
    station: Station,
    card: Inserted,
    household: Household,
    admitted: Admitted,
    offer: Quote,
    *,
    purpose: Purpose,
) -> TopUp:
    """Store an intent for this card: quoted, or paid at once where the money is here already.

    Raises:
        Refusal: `card_already_begun`: the card, or its line, is at work in another reader;
            `offline_limit_reached`; those of offline grants (`STOPS`); where the money was here
            already and is not any more, those of `ensure_money_here`.
    """
    intent = _intent(station, card, household, admitted, offer, purpose)
    if purpose.tender in WITHOUT_ASKING:
        return record_begun_paid(station, intent)

    def record(contact: Contact) -> TopUp:
        return record_begun(station, intent, contact=contact)

    return granted(station, record)


def begin_armed(
    station: Station,
    card: Inserted,
    household: Household,
    admitted: Admitted,
    offer: Quote,
    *,
    purpose: Purpose,
    unlocking: Unlocking | None,
) -> TopUp:
    """As `begin`, armed in the same commit: the money is here already, and so is the card.

    Raises:
        Refusal: as `begin`; nothing is begun.
    """
    ensure(purpose.tender in WITHOUT_ASKING, "only money that is here already is not asked for")
    intent = _intent(station, card, household, admitted, offer, purpose)
    plan, counter_after = planned(station, card, intent, admitted)

    def arm(contact: Contact) -> TopUp:
        return record_begun_armed(
            station,
            intent,
            plan,
            counter_after,
            tries_left=tries_of(unlocking),
            contact=contact,
        )

    return granted(station, arm)


def _intent(
    station: Station,
    card: Inserted,
    household: Household,
    admitted: Admitted,
    offer: Quote,
    purpose: Purpose,
) -> TopUp:
    ensure_offline_limit(station, NO_MONEY if purpose.tender in GIVEN else offer.money)
    rules: MakerRules = card.rules
    topup_id = new_id(station.clock)
    while not is_free_mark(topup_id, card.content):
        topup_id = new_id(station.clock)
    return TopUp(
        topup_id=topup_id,
        state=TopUpState.QUOTED,
        account_no=household.account_no,
        identity=card.content.identity,
        quote=offer,
        quantity=quantity_of(offer),
        tender=purpose.tender,
        reference=purpose.reference,
        batch_id=purpose.batch_id,
        line=purpose.line,
        row=purpose.row,
        order_id=purpose.order_id,
        known_counter=household.purchase_counter,
        counter_before=admitted.counter,
        counter_after=next_counter(rules.school, admitted.counter),
        before=card.image,
        plan=None,
        opened_at=station.clock.now(),
    )


def collect(station: Station, intent: TopUp) -> TopUp:
    """Take the money of a quoted intent once, and make it durable; what is paid stays paid.

    Raises:
        Refusal: `tender_unknown`, `payment_not_taken`; the intent is void.
        OutcomeUnknown: `payment_unknown`; nothing is charged before the answer is known.
    """
    if intent.state is TopUpState.PAID:
        return intent
    asked = record_move(station, intent, TopUpEvent.MONEY_ASKED)
    answer = station.payment_by(asked.tender).take(
        asked.topup_id, asked.quote.money, asked.reference
    )
    return _moved_on(station, asked, answer)


def settle(station: Station, asked: TopUp, answer: PaymentAnswer) -> TopUp:
    """Move a payment that was asked for earlier on by what is known about it; then the anchor.

    Money that waits for its card is in no older copy of the records; a sale's own *armed*, which
    follows at once, puts the anchor for both.

    Raises:
        Refusal: `payment_not_taken`. OutcomeUnknown: `payment_unknown`.
    """
    settled = _moved_on(station, asked, answer)
    anchor_journal(station)
    return settled


def _moved_on(station: Station, asked: TopUp, answer: PaymentAnswer) -> TopUp:
    if answer is PaymentAnswer.TAKEN:
        return record_paid(station, asked)
    topup_id, fen = asked.topup_id, asked.money.fen
    if answer is PaymentAnswer.NOT_TAKEN:
        record_move(station, asked, TopUpEvent.MONEY_NOT_TAKEN, reason="payment_not_taken")
        raise Refusal("payment_not_taken", topup_id=topup_id, fen=fen)
    if asked.state is TopUpState.PAY_PENDING:
        record_move(station, asked, TopUpEvent.MONEY_IN_DOUBT)
    raise OutcomeUnknown("payment_unknown", topup_id=topup_id, fen=fen)
