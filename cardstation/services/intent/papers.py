"""Freezes everything a receipt prints, at the moment the load is sealed."""

from __future__ import annotations

from cardstation.domain.household import Household
from cardstation.domain.receipt import RECEIPT, SLIP_OF, Receipt
from cardstation.domain.topup import TopUp
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.services.station import Station
from cardstation.store.journal import FIRST_EPOCH, StoredEntry

_CHECK_CODE_CHARACTERS = 8


def series_of(station: Station, epoch: int) -> str:
    """What the numbers of this desk's papers begin with.

    Numbers run on from epoch to epoch, and each but the first is named in them: what a lost part
    of the records had printed is never printed again.
    """
    return station.name if epoch == FIRST_EPOCH else f"{station.name}-E{epoch}"


def receipt_no(station: Station, epoch: int, year: int, number: int) -> str:
    """The number a receipt shows."""
    return f"{series_of(station, epoch)}-{year}-{number:06d}"


def year_after(intent: TopUp) -> Volume:
    """The tier counter as it stands on the paper: what is given does not move it."""
    gas = NO_GAS if intent.is_given else intent.quote.volume or NO_GAS
    return intent.quote.year_before + gas


def receipt_of(
    station: Station,
    intent: TopUp,
    household: Household,
    sealed: StoredEntry,
    *,
    year: int,
    number: int,
) -> Receipt:
    """The receipt of a sealed top-up, or the slip of one that nobody paid for at this desk."""
    quote, entry = intent.quote, sealed.entry
    return Receipt(
        receipt_no=receipt_no(station, entry.epoch, year, number),
        kind=SLIP_OF.get(intent.tender, RECEIPT),
        company=station.company,
        station=station.name,
        clerk=entry.clerk,
        issued_at=station.clock.now(),
        account_no=household.account_no,
        name=household.name,
        address=f"{household.address.community} {household.address.door}".strip(),
        card_no=intent.identity.card_no,
        meter_no=intent.identity.meter_no,
        purchase_counter=intent.counter_after,
        volume=quote.volume,
        tiers=quote.lines,
        gas=quote.total,
        to_balance=quote.remainder,
        paid=intent.money,
        tender=intent.tender.value,
        tariff=quote.tariff,
        year_before=quote.year_before,
        year_after=year_after(intent),
        batch_id=intent.batch_id,
        entry_id=entry.entry_id,
        check_code=sealed.hash[:_CHECK_CODE_CHARACTERS].upper(),
        training=station.training or station.rules_of(intent.identity.maker).training,
        order_id=intent.order_id,
    )
