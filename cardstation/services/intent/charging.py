"""Makes a charge durable: its question before money is asked for, then one commit for all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cardstation.domain.charge import Charge, ChargeKind, ChargeReceipt, after_charge
from cardstation.domain.household import Household
from cardstation.domain.ledger import EntryKind
from cardstation.domain.payment import WITHOUT_ASKING
from cardstation.domain.sale import counts_already
from cardstation.errors import OutcomeUnknown, Refusal, fail
from cardstation.ports.payment import PaymentAnswer
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import append, clerk_of
from cardstation.services.intent.owing import ensure_answered, owing_after
from cardstation.services.intent.papers import receipt_no
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.frozen import freeze
from cardstation.store.funds import AskedPayment
from cardstation.store.journal import StoredEntry

_CHECK_CODE_CHARACTERS = 8

Priced = Callable[[Reading, Household], Charge]
"""What a household is charged, out of one look at the store; refuses what must not be."""


def household_on_file(reading: Reading, account_no: str) -> Household:
    """The household of an account.

    Raises:
        Refusal: `unknown_household`.
    """
    household = reading.households.get(account_no)
    if household is None:
        raise Refusal("unknown_household", account_no=account_no)
    return household


def take(station: Station, account_no: str, priced: Priced, *, again: bool) -> ChargeReceipt:
    """Ask for the money of a charge, and record it.

    Raises:
        Refusal: those of `priced`; `unknown_household`, `tender_unknown`, `payment_not_taken`,
            `payment_question` (an earlier payment of this household waits for its answer),
            `charged_already` (the same was charged today, and nobody said that it is once more).
        OutcomeUnknown: `payment_unknown`.
    """
    asked = _ask(station, account_no, priced, again=again)
    money = asked.money
    answer = station.payment_by(asked.tender).take(asked.payment_id, money, asked.reference)
    if answer is PaymentAnswer.UNKNOWN:
        raise OutcomeUnknown("payment_unknown", payment_id=asked.payment_id, fen=money.fen)
    charge_answered(station, asked, taken=answer is PaymentAnswer.TAKEN)
    if answer is PaymentAnswer.NOT_TAKEN:
        raise Refusal("payment_not_taken", payment_id=asked.payment_id, fen=money.fen)
    with station.store.reading() as reading:
        made = reading.charges.receipt(asked.payment_id)
    return made or fail("a charge that was taken has its receipt")


def record_now(
    station: Station, account_no: str, priced: Priced, *, again: bool = True
) -> ChargeReceipt:
    """Record a charge whose money nobody is asked for: put off, or taken back."""
    with station.store.unit() as unit:
        charge = priced(unit, household_on_file(unit, account_no))
        if not again:
            _ensure_once(unit, charge)
        made = _record(station, unit, charge)
        unit.commit()
    anchor_journal(station)
    return made


def _ask(station: Station, account_no: str, priced: Priced, *, again: bool) -> AskedPayment:
    with station.store.unit() as unit:
        charge = priced(unit, household_on_file(unit, account_no))
        tender = charge.tender or fail("money comes by some tender")
        if tender in WITHOUT_ASKING:
            raise Refusal("tender_unknown", tender=tender.value)
        station.payment_by(tender)
        ensure_answered(unit, account_no)
        if not again:
            _ensure_once(unit, charge)
        question = AskedPayment(
            charge.charge_id,
            *("", tender, charge.money, charge.reference, "asked", charge.at),
            clerk=clerk_of(station, unit),
        )
        unit.charges.ask(charge)
        unit.funds.note(question)
        unit.commit()
    return question


def _ensure_once(reading: Reading, charge: Charge) -> None:
    """A cut after the commit leaves a clerk without a receipt: the charge is there all the same.

    Raises:
        Refusal: `charged_already`.
    """
    for before in reading.charges.of_account(charge.account_no):
        standing = not before.corrects and reading.charges.reversal_of(before.charge_id) is None
        if standing and before.at.date() == charge.at.date() and before.same_as(charge):
            number = before.receipt_no or before.charge_id
            raise Refusal("charged_already", receipt_no=number, fen=before.money.fen)


def charge_answered(station: Station, asked: AskedPayment, *, taken: bool) -> None:
    """Record what became of the payment of a charge; with the money comes the charge itself."""
    state, now = "taken" if taken else "not_taken", station.clock.now()
    with station.store.unit() as unit:
        unit.funds.note(replace(asked, state=state, at=now))
        if taken:
            charge = unit.charges.asked(asked.payment_id) or fail("what is asked for is on file")
            _record(station, unit, replace(charge, at=now))
        unit.commit()
    anchor_journal(station)


def _record(station: Station, unit: Unit, charge: Charge) -> ChargeReceipt:
    """The fact, the row, the paper with its number, and what the household has now."""
    year, number = charge.at.year, 0
    if charge.tender is not None and not charge.corrects:
        number = unit.numbers.next_receipt(year)
        told = receipt_no(station, unit.journal.head().epoch, year, number)
        charge = replace(charge, receipt_no=told)
    stored = append(station, unit, _KINDS[charge.what], charge.charge_id, **_facts(unit, charge))
    household = household_on_file(unit, charge.account_no)
    unit.households.update(after_charge(household, charge))
    return _keep(station, unit, charge, stored, household, number=number)


_KINDS = {
    ChargeKind.OVER_USE: EntryKind.CHARGED,
    ChargeKind.FEE: EntryKind.CHARGED,
    ChargeKind.DEPOSIT: EntryKind.CHARGED,
    ChargeKind.ARREARS: EntryKind.ARREARS_PAID,
}


def _facts(unit: Unit, charge: Charge) -> dict[str, Any]:
    quote = charge.quote
    lines = () if quote is None else quote.lines
    as_of = "" if charge.as_of is None else charge.as_of.isoformat()
    corrected = unit.journal.at(unit.charges.seq_of(charge.corrects)) if charge.corrects else None
    return {
        "account_no": charge.account_no,
        "meter_no": charge.meter_no,
        "fen": charge.money.fen,
        "balance_fen": charge.filed.fen,
        "litres": charge.used.litres,
        "tariff": charge.price,
        "tiers": tuple((line.tier, line.volume.litres, line.amount.fen) for line in lines),
        "tender": charge.tender or "",
        "witness": as_of,
        "approver": charge.approver,
        "corrects": "" if corrected is None else corrected.entry.entry_id,
        "detail": freeze(charge),
    }


def _keep(
    station: Station,
    unit: Unit,
    charge: Charge,
    stored: StoredEntry,
    household: Household,
    *,
    number: int,
) -> ChargeReceipt:
    unit.charges.add(charge, seq=stored.seq)
    taken = unit.charges.get(charge.corrects) if charge.corrects else None
    entry = stored.entry
    made = ChargeReceipt(
        receipt_no=charge.receipt_no,
        company=station.company,
        station=station.name,
        clerk=entry.clerk,
        name=household.name,
        address=f"{household.address.community} {household.address.door}".strip(),
        charge=charge,
        entry_id=entry.entry_id,
        check_code=stored.hash[:_CHECK_CODE_CHARACTERS].upper(),
        training=station.training,
        takes_back=taken.receipt_no if taken is not None else "",
    )
    unit.charges.issue(made, year=charge.at.year if number else 0, number=number)
    return made


def charge_again(station: Station, unit: Unit, charge: Charge, stored: StoredEntry) -> None:
    """Put a charge back that this station lost; its paper is taken for printed.

    Args:
        station: As it was when it wrote the entry.
        unit: In which the entry was put back into the journal.
        charge: Out of the entry.
        stored: The entry.
    """
    for asked in unit.funds.unanswered():
        if asked.payment_id == charge.charge_id:
            unit.funds.note(replace(asked, state="taken", at=station.clock.now()))
    household = household_on_file(unit, charge.account_no)
    owes = owing_after(household, charge.at.date(), charge.owed)
    changed = replace(_bought_then(household, charge), arrears=owes.arrears)
    number = int(charge.receipt_no.rsplit("-", 1)[1]) if charge.receipt_no else 0
    _keep(station, unit, charge, stored, household, number=number)
    unit.households.update(changed)
    unit.charges.note_paper(charge.charge_id, clerk=station.clerk, at=station.clock.now())


def _bought_then(household: Household, charge: Charge) -> Household:
    """As after the charge; a directory that came in since may count its gas already."""
    after, quote = after_charge(household, charge), charge.quote
    if quote is None or charge.corrects or not counts_already(household, quote, quote.bought):
        return after
    return replace(after, bought_this_year=household.bought_this_year)
