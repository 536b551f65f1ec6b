"""Charges gas that was used beyond what was bought (超用收费), or puts it off as arrears (缓交)."""

from __future__ import annotations

from datetime import date

from cardstation.domain.charge import Charge, ChargeKind, ChargeReceipt, price_over_use
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.tariff import Quote
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.intent.at_work import on_money
from cardstation.services.intent.charging import household_on_file, record_now, take
from cardstation.services.intent.guards import ensure_may_sell, ensure_other_person
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.prices import price_book
from cardstation.services.intent.words import meant
from cardstation.services.station import Station
from cardstation.store import Reading

MOST_DAYS_PUT_OFF = 366


def quote_over_use(station: Station, account_no: str, volume: Volume) -> Quote:
    """What over-used gas costs a household today.

    Raises:
        Refusal: `unknown_household`, `no_tariff`, `account_closed`, `zero_amount`.
    """
    with station.store.reading() as reading:
        return _price(station, reading, household_on_file(reading, account_no), volume)


@on_money
def charge_over_use(
    station: Station,
    account_no: str,
    volume: Volume,
    document: str,
    *,
    tender: Tender,
    reference: str = "",
    agreed: Money | None = None,
    approval: Approval | None = None,
    again: bool = False,
) -> ChargeReceipt:
    """Take the money for gas that the meter gave beyond what was bought.

    Args:
        station: The desk.
        account_no: Of the household.
        volume: What was used beyond.
        document: What says so, in words: the meter's reading, the fitter's paper.
        tender: How it is paid, as the clerk states.
        reference: The payment's own number.
        agreed: The price the operator saw; a different price now is refused.
        approval: Of a second person; asked where it is more than a load is plausible.
        again: A person has looked: the same was charged today, and this is once more.

    Raises:
        Refusal: those of `quote_over_use`, of `intent.charging.take` and of `ensure_may_sell`;
            `proof_missing`, `price_changed`, `over_use_large`, `second_person_same`.
        OutcomeUnknown: `payment_unknown`.
    """
    ensure_may_sell(station)
    if approval is not None:
        ensure_other_person(station, approval)
    words, approver = meant(document), "" if approval is None else approval.name

    def priced(reading: Reading, household: Household) -> Charge:
        offer = _price(station, reading, household, volume)
        _ensure_agreed(offer, agreed)
        if approval is None:
            _ensure_plausible(reading, household, volume)
        return _charge(station, household, offer, words, tender, reference, approver)

    return take(station, account_no, priced, again=again)


@on_money
def defer_over_use(
    station: Station,
    account_no: str,
    volume: Volume,
    document: str,
    approval: Approval,
    *,
    due: date,
    agreed: Money | None = None,
    again: bool = False,
) -> ChargeReceipt:
    """Put what over-used gas costs off as arrears, until a day, by two people.

    Args:
        station: The desk.
        account_no: Of the household.
        volume: What was used beyond.
        document: What says so, and why it is put off, in words.
        approval: Of the second person.
        due: The last day on which it is to be paid.
        agreed: The price the operator saw; a different price now is refused.
        again: A person has looked: the same was charged today, and this is once more.

    Raises:
        Refusal: those of `quote_over_use` and of `ensure_may_sell`; `proof_missing`,
            `price_changed`, `due_day_wrong`, `charged_already`, `second_person_same`.
    """
    ensure_may_sell(station)
    ensure_other_person(station, approval)
    words, today = meant(document), station.clock.now().date()
    if not 0 <= (due - today).days <= MOST_DAYS_PUT_OFF:
        raise Refusal("due_day_wrong", day=due.isoformat(), most_days=MOST_DAYS_PUT_OFF)

    def priced(reading: Reading, household: Household) -> Charge:
        offer = _price(station, reading, household, volume)
        _ensure_agreed(offer, agreed)
        return _charge(station, household, offer, words, None, "", approval.name, due)

    return record_now(station, account_no, priced, again=again)


def _price(station: Station, reading: Reading, household: Household, volume: Volume) -> Quote:
    book = price_book(station, reading, account_no=household.account_no)
    terms = book.terms(household.tariff, station.clock.now().date())
    return price_over_use(household, terms, volume)


def _ensure_agreed(offer: Quote, agreed: Money | None) -> None:
    if agreed is not None and offer.total != agreed:
        raise Refusal("price_changed", agreed_fen=agreed.fen, fen=offer.total.fen)


def _ensure_plausible(reading: Reading, household: Household, volume: Volume) -> None:
    rules = reading.tariffs.rules()
    most = None if rules is None else rules.plausible_per_load.get(household.tariff)
    if most is not None and volume > most:
        raise Refusal("over_use_large", litres=volume.litres, limit_litres=most.litres)


def _charge(
    station: Station,
    household: Household,
    offer: Quote,
    document: str,
    tender: Tender | None,
    reference: str,
    approver: str,
    due: date | None = None,
) -> Charge:
    return Charge(
        charge_id=new_id(station.clock),
        what=ChargeKind.OVER_USE,
        account_no=household.account_no,
        meter_no=household.meter.meter_no,
        money=offer.total,
        tender=tender,
        reference=reference.strip(),
        at=station.clock.now(),
        document=document,
        quote=offer,
        due=due,
        approver=approver,
    )
