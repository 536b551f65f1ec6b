"""Makes each step of the way back durable: gas off the card, money out, loads of other desks."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from cardstation.domain.charge import Original
from cardstation.domain.household import Household
from cardstation.domain.ledger import EntryKind, kept_by
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.sale import bought_with, bought_without
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import Direction, TopUpEvent
from cardstation.errors import fail
from cardstation.services.intent.anchoring import anchor_journal
from cardstation.services.intent.facts import append_about, sealing_of, stamp
from cardstation.services.intent.funding import release_refunded
from cardstation.services.station import Station
from cardstation.store import Unit


def record_returned(
    station: Station,
    intent: TopUp,
    image: bytes,
    *,
    witness: str = "card",
    event: TopUpEvent = TopUpEvent.SEEN_TARGET,
    approver: str = "",
) -> TopUp:
    """The card was read and carries no gas any more: the counter is free, the money is owed.

    Gas that was given is due again, and nobody is paid: that is the end of it, unless the records
    lost who else agreed; then `pay_out` ends it.
    """
    with station.store.unit() as unit:
        entry = append_about(
            station,
            unit,
            EntryKind.RETURNED,
            intent,
            proof=hashlib.sha256(image).hexdigest(),
            witness=witness,
            approver=approver,
        )
        moved = unit.topups.move(intent, event, stamp(station, approver), seq=entry.seq)
        unit.households.update(before_purchase(_household(unit, intent), moved))
        agreed = approver or unit.topups.agreed_by(intent.topup_id)
        if moved.is_given and agreed:
            asked = unit.topups.move(moved, TopUpEvent.PAYOUT_ASKED, stamp(station, agreed))
            moved = _refund(station, unit, asked, agreed)
        unit.commit()
    return moved


def record_given_up(station: Station, intent: TopUp, approver: str) -> TopUp:
    """Gas that was given and never came onto its card is due again: no money goes anywhere."""
    with station.store.unit() as unit:
        at = stamp(station, approver)
        asked = unit.topups.move(intent, TopUpEvent.REFUND_ASKED, at, reason="refund")
        moved = _refund(station, unit, asked, approver)
        unit.commit()
    anchor_journal(station)
    return moved


def record_refunded(
    station: Station,
    intent: TopUp,
    *,
    approver: str,
    witness: str = "",
    original: Original | None = None,
) -> TopUp:
    """The money went back to the payer, by the tender it came with; or into the balance again.

    What a purchase that never was had left over goes back with it; a load taken back keeps its
    household's balance. The anchor follows: an older copy of the store must not pay it out again.
    """
    with station.store.unit() as unit:
        moved = _refund(station, unit, intent, approver, witness, original)
        unit.commit()
    anchor_journal(station)
    station.armed()
    return moved


def _refund(
    station: Station,
    unit: Unit,
    intent: TopUp,
    approver: str,
    witness: str = "",
    original: Original | None = None,
) -> TopUp:
    never_was = intent.direction is Direction.SALE
    remainder = intent.quote.remainder if never_was else NO_MONEY
    entry = append_about(
        station,
        unit,
        EntryKind.REFUNDED,
        intent,
        balance_fen=remainder.fen,
        approver=approver,
        witness=witness,
        detail=original or "",
    )
    kept = Money(kept_by(entry.entry))
    if kept or intent.tender is Tender.EMERGENCY:
        household = without_debt(_household(unit, intent), intent)
        unit.households.update(household.with_money(balance=kept))
    moved = unit.topups.move(
        intent, TopUpEvent.MONEY_RETURNED, stamp(station, approver), seq=entry.seq
    )
    release_refunded(station, unit, intent, approver)
    return moved


def record_disowned(station: Station, intent: TopUp) -> TopUp:
    """The ledger knows that the load on the card is another desk's: our money was for nothing.

    That of a load which another desk began goes back at that desk: nothing is owed here.
    """
    event = TopUpEvent.DISOWNED_THERE if intent.origin else TopUpEvent.DISOWNED
    with station.store.unit() as unit:
        sealed = sealing_of(unit, intent.topup_id)
        entry = append_about(station, unit, EntryKind.NOT_LOADED, intent, corrects=sealed.entry_id)
        moved = unit.topups.move(intent, event, stamp(station), seq=entry.seq)
        unit.households.update(without_purchase(_household(unit, intent), moved))
        unit.commit()
    return moved


def record_elsewhere(station: Station, intent: TopUp, sealed_by: str) -> TopUp:
    """Another station finished what we armed: the gas is on the card, the seal is in its books."""
    with station.store.unit() as unit:
        entry = append_about(station, unit, EntryKind.ELSEWHERE, intent, witness=sealed_by)
        moved = unit.topups.move(
            intent, TopUpEvent.SEEN_TARGET, stamp(station), seq=entry.seq, reason="elsewhere"
        )
        unit.households.update(after_purchase(_household(unit, intent), moved))
        unit.commit()
    return moved


def record_sealed_twice(station: Station, intent: TopUp) -> None:
    """We and another station sealed the same load: ours leaves the gas sold here."""
    with station.store.unit() as unit:
        sealed = sealing_of(unit, intent.topup_id)
        append_about(station, unit, EntryKind.ELSEWHERE, intent, corrects=sealed.entry_id)
        unit.commit()


def after_purchase(household: Household, intent: TopUp) -> Household:
    """What a household has bought once a load is on its card; a new meter has its own count."""
    counter = household.purchase_counter
    if _of_its_meter(household, intent):
        counter = max(counter, intent.counter_after)
    bought = bought_with(household, intent.quote.tier_year, intent.bought)
    return replace(bought, purchase_counter=counter)


def before_purchase(household: Household, intent: TopUp) -> Household:
    """What a household has bought once a load was taken back: the counter is used again."""
    left = without_purchase(household, intent)
    if not _of_its_meter(household, intent):
        return left
    return replace(left, purchase_counter=intent.counter_after)


def without_purchase(household: Household, intent: TopUp) -> Household:
    """What a household has bought once a load counts no more."""
    return bought_without(household, intent.quote.tier_year, intent.bought)


def with_debt(household: Household, intent: TopUp) -> Household:
    """What a household owes once a load is certain: emergency gas is paid with its arrears."""
    if intent.tender is not Tender.EMERGENCY:
        return household
    return replace(household, arrears=household.arrears + intent.quote.total)


def without_debt(household: Household, intent: TopUp) -> Household:
    """As `with_debt`, of a load that never was or that was taken back."""
    if intent.tender is not Tender.EMERGENCY:
        return household
    return replace(household, arrears=max(NO_MONEY, household.arrears - intent.quote.total))


def _of_its_meter(household: Household, intent: TopUp) -> bool:
    return household.meter.meter_no == intent.identity.meter_no


def _household(unit: Unit, intent: TopUp) -> Household:
    household = unit.households.get(intent.account_no)
    return household or fail("the household of an intent stays on file")
