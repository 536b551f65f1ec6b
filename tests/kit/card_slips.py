"""Slips of cards and of changes of meter, for papers and pictures."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.meter import MeterKind
from cardstation.domain.meter_change import Carried, FinalReading, MeterChangeSlip
from cardstation.domain.money import Money
from cardstation.domain.receipt import TierLine
from cardstation.domain.tariff import Quote
from cardstation.domain.volume import Volume
from tests.kit import cards

HOME = cards.household(counter=0)

_ISSUED = CardSlip(
    work="issue",
    work_id="01934c5e-7a00-7000-8000-00000000c0de",
    company="示范燃气",
    station="S001",
    clerk="demo",
    made_at=cards.AT,
    training=True,
    account_no=HOME.account_no,
    name=HOME.name,
    address=f"{HOME.address.community} {HOME.address.door}",
    card_no=HOME.card_no,
    maker="CS01",
    meter_no="",
    filed_meter_no=HOME.meter.meter_no,
    generation=0,
    counter=0,
)
CARD_SLIPS = {
    "issue": _ISSUED,
    "bind": replace(_ISSUED, work="bind", meter_no=HOME.meter.meter_no, counter=7, training=False),
    "clear": replace(
        _ISSUED, work="clear", meter_no=HOME.meter.meter_no, counter=7, approver="supervisor"
    ),
}

CHANGED = replace(_ISSUED, work="change", meter_no="QM2600000001", counter=0)
CARD_SLIPS["change"] = CHANGED
CARD_SLIPS["reissue"] = replace(
    CARD_SLIPS["clear"], work="reissue", generation=1, counter=51, quantity=Volume(29_000)
)
CARD_SLIPS["back"] = replace(CHANGED, meter_no=HOME.meter.meter_no, counter=57)
METER_CHANGES = {
    "carried": MeterChangeSlip(
        change_id="01934c5e-7a00-7000-8000-00000000c0de",
        company="示范燃气",
        station="S001",
        clerk="demo",
        approver="supervisor",
        made_at=cards.AT,
        training=True,
        account_no=HOME.account_no,
        name=HOME.name,
        address=f"{HOME.address.community} {HOME.address.door}",
        card_no=HOME.card_no,
        old_no=HOME.meter.meter_no,
        old_kind=MeterKind.VOLUME,
        new_no="QM2600000001",
        new_kind=MeterKind.VOLUME,
        reading=FinalReading(Volume(12_300), 57, "HB-2026-0117"),
        carried=Carried(Volume(12_000), Money(101), None),
        due_id="01934c5e-7a00-7000-8000-00000000c0de",
        words="HB-2026-0117: 表到期更换，装表工与用户在场",
    ),
}
METER_CHANGES["other kind"] = replace(
    METER_CHANGES["carried"],
    new_kind=MeterKind.MONEY,
    carried=Carried(
        Money(4_133),
        Money(0),
        Quote(
            *("residential@2026-01-01", 2026, Money(4_133), Money(4_133), Money(0)),
            Volume(12_300),
            (TierLine(2, Volume(12_300), 33_600, Money(4_133)),),
            Volume(416_800),
        ),
    ),
    training=False,
)
METER_CHANGES["cancelled"] = replace(METER_CHANGES["carried"], due_id="", cancelled=True)
