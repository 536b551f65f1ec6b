"""Closes accounts on record: what goes back, whether it may have gone back before, the one fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cardstation.domain.admission import ensure_known
from cardstation.domain.closing import Bought, Closing, FinalReading, Settlement, settled
from cardstation.domain.gas_due import amount_of
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.ledger import PEOPLE, Entry, EntryKind
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from cardstation.services.intent.account_hand import account_of, ensure_status
from cardstation.services.intent.adopt import has_a_ledger, told_of
from cardstation.services.intent.change_guards import ensure_same_meter
from cardstation.services.intent.facts import append
from cardstation.services.intent.lost_part import NEVER, lost_since
from cardstation.services.intent.open_of_account import ensure_nothing_open
from cardstation.services.intent.paying_out import begun_before
from cardstation.services.station import Station
from cardstation.store import Reading, Unit
from cardstation.store.closings import note_name
from cardstation.store.frozen import freeze, thaw

_IN_PLACE_OF_BOUGHT = frozenset({Tender.MAKE_UP, Tender.CARRIED})
_NOT_ENDED = (EntryKind.ARMED, EntryKind.NOT_LOADED, EntryKind.CARD_ARMED)
"""After these facts a desk still waits for the card, or for money that it bears witness to."""
_LONGEST = 60


def ensure_closable(
    station: Station, reading: Reading, account_no: str, final: FinalReading
) -> Household:
    """The household of an account that may be closed with this reading.

    One whose money may be out since before a cut is closed whatever came since: that stays open.

    Raises:
        Refusal: `unknown_household`, `account_closed`, `reading_not_said`, those of
            `ensure_nothing_open`.
    """
    household = account_of(reading, account_no)
    _ensure_said(household, final)
    if not begun_before(station, reading, note_name(account_no)):
        ensure_status(household, HouseholdStatus.ACTIVE, HouseholdStatus.STOPPED)
        ensure_nothing_open(reading, household, note_name(account_no))
    return household


def ensure_not_closing(reading: Reading, account_no: str) -> None:
    """No money of its closing was begun to be paid out.

    Raises:
        Refusal: `payout_in_doubt`.
    """
    for money in reading.payouts.unfinished(note_name(account_no)).values():
        raise Refusal("payout_in_doubt", intent_id=account_no, fen=money.fen)


def ensure_card_empty(household: Household, card: Inserted | None) -> None:
    """The card is this household's, and carries nothing: a load on it is money, and comes off.

    Raises:
        Refusal: `account_gas_on_card`, and those of `ensure_known`.
    """
    if card is None:
        return
    ensure_known(card.content, household)
    if card.content.pending is not None:
        raise Refusal("account_gas_on_card", card_no=household.card_no)


def ensure_no_other_desk(station: Station, household: Household) -> None:
    """No other desk has something open on the card of a household, or has closed its account.

    Raises:
        Refusal: `closing_needs_ledger`, `account_open_elsewhere`, `account_closed_elsewhere`,
            `meter_known_elsewhere`.
    """
    told = told_of(station, household.card_no)
    if told is None:
        if has_a_ledger(station):
            raise Refusal("closing_needs_ledger", account_no=household.account_no)
        return
    _ensure_ended(station, household, told)
    ensure_same_meter(station, household, told)


def _ensure_ended(station: Station, household: Household, told: Sequence[Entry]) -> None:
    account_no = household.account_no
    of_it = [one for one in told if one.account_no == account_no]
    if of_it and of_it[-1].kind is EntryKind.ACCOUNT_CLOSED and of_it[-1].station != station.name:
        last = of_it[-1]
        raise Refusal(
            "account_closed_elsewhere",
            account_no=account_no,
            station=last.station,
            fen=last.fen + last.balance_fen,
        )
    for one in {one.subject: one for one in of_it}.values():
        if one.station != station.name and one.kind in _NOT_ENDED:
            raise Refusal("account_open_elsewhere", account_no=account_no, station=one.station)


def _ensure_said(household: Household, final: FinalReading) -> None:
    by_money = household.meter.kind is MeterKind.MONEY
    words = (final.fitter, final.document)
    named = all(one.strip() and len(one) <= _LONGEST and one.isprintable() for one in words)
    fits = isinstance(final.residual, Money) is by_money and amount_of(final.residual) >= 0
    if not (named and fits):
        raise Refusal("reading_not_said", account_no=household.account_no)


def settlement_of(
    station: Station, reading: Reading, household: Household, final: FinalReading
) -> Settlement:
    """What the household gets back: for what its meter holds, and its balance.

    What came into the balance since its money may be out stays there.
    """
    live = reading.topups.live_of_account(household.account_no)
    bought = [one for one in reversed(live) if one.tender not in _IN_PLACE_OF_BOUGHT]
    numbers = reading.receipts.numbers_of([one.topup_id for one in bought])
    found = settled(
        final.residual,
        [Bought(one.quote, one.opened_at.date(), numbers.get(one.topup_id, "")) for one in bought],
        household.balance,
    )
    begun = reading.payouts.unfinished(note_name(household.account_no))
    if not begun_before(station, reading, note_name(household.account_no)):
        return found
    of_balance = begun[max(begun)] - found.gas
    fits = NO_MONEY <= of_balance <= household.balance
    return replace(found, balance=of_balance) if fits else found


def closing_may_be_paid(station: Station, reading: Reading, account_no: str) -> bool:
    """Whether the money of a closing may be handed over already: before a cut, in a lost part.

    An account that bought something since records were lost was not closed in that part.
    """
    last = reading.topups.last_of_account(account_no)
    since = NEVER if last is None else last.opened_at
    return lost_since(reading, since) or begun_before(station, reading, note_name(account_no))


def closed(household: Household, settlement: Settlement) -> Household:
    """A household once its account is closed and paid out."""
    balance = household.balance - settlement.balance
    return replace(household, status=HouseholdStatus.CLOSED, balance=balance)


def record_closed(
    station: Station, unit: Unit, household: Household, closing: Closing, witness: str
) -> None:
    """Put a closing on file: fact, row, change and household; the caller commits and anchors.

    Args:
        station: The desk.
        unit: Of the step.
        household: As it is on file.
        closing: What is said of it.
        witness: What people say of money that may have been handed over before; else empty.
    """
    change, settlement = closing.change, closing.settlement
    stored = append(
        station,
        unit,
        EntryKind.ACCOUNT_CLOSED,
        change.change_id,
        account_no=household.account_no,
        card_no=household.card_no,
        meter_no=household.meter.meter_no,
        generation=household.generation,
        fen=settlement.gas.fen,
        balance_fen=settlement.balance.fen,
        litres=settlement.volume.litres,
        tender=closing.tender.value,
        approver=change.approver,
        witness=witness or f"{PEOPLE}{change.words}",
        detail=freeze(closing),
    )
    _store(unit, closing, closed(household, settlement), stored.seq)


def closed_again(unit: Unit, entry: Entry) -> None:
    """Close an account that a restored store had open; its money went out.

    Raises:
        Refusal: `unknown_household`.
    """
    closing = thaw(Closing, entry.detail)
    household = account_of(unit, closing.change.account_no)
    _store(unit, closing, closed(household, closing.settlement), entry.seq)


def _store(unit: Unit, closing: Closing, household: Household, seq: int) -> None:
    unit.account_changes.add(closing.change, seq=seq)
    unit.closings.add(closing, seq=seq)
    unit.households.update(household)
