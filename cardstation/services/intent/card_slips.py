"""Makes the slip of a card that was issued, bound or cleared."""

from __future__ import annotations

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.household import Household
from cardstation.domain.topup import TopUp
from cardstation.services.intent.facts import clerk_of
from cardstation.services.station import Station


def card_slip_of(
    station: Station, household: Household, done: TopUp, *, approver: str = ""
) -> CardSlip:
    """The slip of a work that is done; who else agreed stands on it where two were needed."""
    address = household.address
    with station.store.reading() as reading:
        clerk = clerk_of(station, reading)
    return CardSlip(
        work=done.reference,
        work_id=done.topup_id,
        company=station.company,
        station=station.name,
        clerk=clerk,
        made_at=station.clock.now(),
        training=station.training,
        account_no=household.account_no,
        name=household.name,
        address=f"{address.community} {address.door}",
        card_no=done.identity.card_no,
        maker=done.identity.maker,
        meter_no=done.identity.meter_no,
        filed_meter_no=household.meter.meter_no,
        generation=done.identity.generation,
        counter=max(done.counter_before, done.counter_after),
        approver=approver,
        quantity=done.quantity if done.corrects else None,
    )
