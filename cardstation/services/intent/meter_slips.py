"""Makes the slip of a change of meter, or of its cancelling."""

from __future__ import annotations

from cardstation.domain.account_change import AccountChange
from cardstation.domain.household import Household
from cardstation.domain.meter_change import Carried, FinalReading, MeterChangeSlip
from cardstation.services.intent.facts import clerk_of
from cardstation.services.station import Station
from cardstation.store import Reading


def meter_slip(
    station: Station,
    reading: Reading,
    change: AccountChange,
    meters: tuple[Household, Household],
    read: FinalReading,
    carried: Carried,
    *,
    due_id: str = "",
    cancelled: bool = False,
) -> MeterChangeSlip:
    """The slip of a change that is on record.

    Args:
        station: The desk.
        reading: Of the commit.
        change: Of the account.
        meters: The household with the meter that was taken down, and with the one hung in its
            place.
        read: What the first one showed.
        carried: What is due for that; of a cancelled change what was.
        due_id: Of the gas that is due.
        cancelled: The change is taken back.
    """
    old, new = meters
    address = new.address
    return MeterChangeSlip(
        change_id=change.change_id,
        company=station.company,
        station=station.name,
        clerk=clerk_of(station, reading),
        approver=change.approver,
        made_at=change.at,
        training=station.training,
        account_no=new.account_no,
        name=new.name,
        address=f"{address.community} {address.door}",
        card_no=new.card_no,
        old_no=old.meter.meter_no,
        old_kind=old.meter.kind,
        new_no=new.meter.meter_no,
        new_kind=new.meter.kind,
        reading=read,
        carried=carried,
        due_id=due_id,
        words=change.words,
        cancelled=cancelled,
    )
