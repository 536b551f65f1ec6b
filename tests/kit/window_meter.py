"""A change of meter for the page of services: reckoned, recorded, on the card, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.meter_change import Carried, FinalReading, MeterChangeSlip, NewMeter
from cardstation.domain.shift import Approval
from cardstation.ports.reader import Presence
from tests.kit.card_slips import CARD_SLIPS, METER_CHANGES
from ui.desk_services import Watch
from ui.meter_services import MeterServices

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation


def meter_services(station: FakeStation) -> MeterServices:
    """Answers as if it had been done."""

    def reckon(_account: str, new: NewMeter, _read: FinalReading, _old: str) -> Carried:
        kind = "other kind" if new.kind == "money" else "carried"
        return station._say("reckon", METER_CHANGES[kind].carried)

    def change(
        account: str,
        new: NewMeter,
        read: FinalReading,
        old: str,
        agreed: Carried,
        by: Approval,
        why: str,
    ) -> MeterChangeSlip:
        said = f"{account} {new.meter_no} {read.residual} {old} {agreed.quantity} {why}"
        station.backs.append(("change_meter", by.name, said))
        return station._say("change_meter", METER_CHANGES["carried"])

    def card(_presence: Presence, account: str, _watch: Watch) -> CardSlip:
        station.backs.append(("change_card", "", account))
        return station._say("change_card", CARD_SLIPS["change"])

    def cancel(account: str, by: Approval, why: str) -> MeterChangeSlip:
        station.backs.append(("cancel_change", by.name, f"{account} {why}"))
        return station._say("cancel_change", METER_CHANGES["cancelled"])

    return MeterServices(
        reckon, change, card, cancel, lambda _slip: station._say("print_form", Path("form.pdf"))
    )
