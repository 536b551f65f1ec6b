"""Sells gas to the card in the reader: the whole story of a counter sale."""

from __future__ import annotations

from cardstation.domain.admission import (
    admit,
    compare_counter,
    ensure_fits,
    quantity_of,
)
from cardstation.domain.household import Household
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import Step, TopUpRequest
from cardstation.errors import CardStationError, Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.at_work import on_its_card
from cardstation.services.intent.balance import ensure_free
from cardstation.services.intent.begin import Purpose, begin, begin_armed, collect
from cardstation.services.intent.guards import ensure_may_sell
from cardstation.services.intent.known import customer_of
from cardstation.services.intent.load import Watch, arm, ensure_unlockable, write_and_seal
from cardstation.services.intent.taken_back import ensure_not_behind, take_over
from cardstation.services.quote import quote
from cardstation.services.resolve import ensure_settled, resolve_card
from cardstation.services.station import Station


@on_its_card
def top_up(station: Station, card: Inserted, request: TopUpRequest, watch: Watch) -> Receipt:
    """Sell to this card: resolve, check, price, take money, arm, write, read back, seal.

    Args:
        station: The desk.
        card: Identified, in the lane.
        request: What the operator asked for.
        watch: Told every step as it begins.

    Raises:
        Refusal: the rules say no; nothing was done (and no money is on record) unless the code is
            one of the card's (`code_tries_low` …), then the money stays on record for this card.
        OutcomeUnknown: the card decides at its next insertion.
    """
    watch(Step.READ)
    ensure_settled(resolve_card(station, card, watch))
    ensure_may_sell(station)

    watch(Step.CHECK)
    household = customer_of(station, card)
    admitted = admit(card.content, card.rules)
    household = take_over(station, card, household, admitted)
    compare_counter(admitted, card.rules, household.purchase_counter, bound=False)
    ensure_not_behind(station, card, admitted)
    offer = _price(station, card, household, request)
    _ensure_payable(station, household, request, offer)
    ensure_fits(card.content, card.rules, quantity_of(offer))
    unlocking = ensure_unlockable(station, card)

    watch(Step.PAY)
    purpose = Purpose(request.tender, request.reference)
    if request.tender is Tender.BALANCE:
        armed = begin_armed(
            station, card, household, admitted, offer, purpose=purpose, unlocking=unlocking
        )
        return write_and_seal(station, card, armed, watch, unlocking)
    intent = begin(station, card, household, admitted, offer, purpose=purpose)
    paid = collect(station, intent)

    try:
        armed = arm(station, card, paid, admitted)
    except CardStationError:
        anchor_journal(station)  # paid, and it waits for its card: in no older copy of the records
        raise
    return write_and_seal(station, card, armed, watch)


def _price(station: Station, card: Inserted, household: Household, request: TopUpRequest) -> Quote:
    offer = quote(station, household, money=request.money, volume=request.volume, rules=card.rules)
    if request.agreed is not None and offer != request.agreed:
        raise Refusal("price_changed", agreed_fen=request.agreed.money.fen, fen=offer.money.fen)
    return offer


def _ensure_payable(
    station: Station, household: Household, request: TopUpRequest, offer: Quote
) -> None:
    """The desk takes this tender; out of the household's balance, it reaches for all of it."""
    if request.tender is not Tender.BALANCE:
        station.payment_by(request.tender)
        return
    with station.store.reading() as reading:
        ensure_free(reading, household.account_no, offer.money)
