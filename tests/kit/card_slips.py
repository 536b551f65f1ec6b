"""Card slips for papers and pictures: one issued, one bound, one cleared."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.card_slip import CardSlip
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
