"""Values for the papers of a bag."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

from PIL import Image, ImageDraw

from cardstation.domain.bag_papers import (
    Annex,
    BagLabel,
    CustodySlip,
    Floor,
    ManagerRow,
    ManagerSheet,
    NotDoneList,
    NotDoneRow,
    ReceiptStrips,
    StripRow,
)
from cardstation.domain.card_report import CardReport
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.closing import ClosingSlip
from cardstation.domain.custody import ON_PAPER, HandOver, Party, Where
from cardstation.domain.desk_form import DeskForm
from cardstation.domain.meter_change import MeterChangeSlip
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.refund_slip import RefundSlip
from cardstation.domain.seal_number import seal_number
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.triage_list import TriageList
from cardstation.domain.volume import Volume
from tests.kit.card_reports import card_reports
from tests.kit.card_slips import CARD_SLIPS, METER_CHANGES
from tests.kit.closing_slips import CLOSING_SLIPS
from tests.kit.desk_forms import DESK_FORMS
from tests.kit.papers import WHEN
from tests.kit.refund_slips import REFUND_SLIPS
from tests.kit.tool_slips import TOOL_SLIPS
from tests.kit.triage_papers import TRIAGE_LISTS

COMPANY, COMMUNITY, MANAGER = "长春城市燃气有限公司", "净月新城", "净月新城物业服务中心"
BATCH = "2026-11-24-01-S001"
SEAL = seal_number(1, BATCH, 1)


def drawn_name(points: tuple[tuple[int, int], ...] = ()) -> bytes:
    """A signature as the pad makes it: dark strokes on nothing."""
    image = Image.new("RGBA", (600, 220), (0, 0, 0, 0))
    strokes = points or ((40, 150), (120, 60), (150, 170), (230, 70), (260, 160), (420, 90))
    pen = ImageDraw.Draw(image)
    pen.line(strokes, fill=(16, 24, 40, 255), width=7, joint="curve")
    pen.line(((60, 190), (470, 150)), fill=(16, 24, 40, 255), width=5)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


LABEL = BagLabel(COMPANY, "S001", BATCH, SEAL, 1, COMMUNITY, "净月服务专班", 168, WHEN, False)
LABELS = {
    "full": LABEL,
    "empty": replace(LABEL, cards=None, bag=12, team="", training=True),
}

_TOLD = HandOver(
    SEAL, Party.TEAM, Party.DESK, 168, 167, tuple(range(1, 167)), (12, 90), ("4073",), "", ON_PAPER
)
SLIP = CustodySlip(
    company=COMPANY,
    station="S001",
    clerk="017 王丽",
    batch_id=BATCH,
    community=COMMUNITY,
    number=412,
    at=WHEN,
    told=_TOLD,
    given_by="李建国",
    taken_by="王丽",
    given_picture=drawn_name(),
    taken_picture=b"",
    missing=(12, 90),
    training=False,
)
SLIPS = {
    "received": SLIP,
    "returned": replace(
        SLIP,
        told=HandOver("", Party.DESK, Party.MANAGER, 166, 166, tuple(range(1, 167))),
        given_by="",
        taken_by="阿卜杜热西提·买买提艾力·吐尔逊江",
        given_picture=b"",
        taken_picture=drawn_name(),
        missing=(),
        training=True,
    ),
}


def manager_rows(count: int) -> tuple[ManagerRow, ...]:
    places = {7: Where.UNPAID, 19: Where.NOT_COLLECTED, 31: Where.REFUSED}
    rows = []
    for index in range(count):
        where = places.get(index % 40, Where.RETURNED)
        done = where is Where.RETURNED
        amount = Money(5_600 + 280 * index) if done and index % 6 else None
        door = f"{index // 60 + 1}-{index // 20 % 3 + 1}-{index // 4 % 5 + 1}0{index % 4 + 1}"
        rows.append(ManagerRow(door, f"{4000 + index}", done, where, amount))
    return tuple(rows)


def manager_sheet_of(count: int, *, training: bool = False) -> ManagerSheet:
    rows = manager_rows(count)
    places = [row.where for row in rows]
    loaded = sum((row.amount or NO_MONEY for row in rows), NO_MONEY)
    return ManagerSheet(
        company=COMPANY,
        station="S001",
        clerk="017 王丽",
        batch_id=BATCH,
        community=COMMUNITY,
        manager=MANAGER,
        made_at=WHEN,
        seals=(SEAL, seal_number(1, BATCH, 2)) if count else (),
        rows=rows,
        counts=tuple((where, places.count(where)) for where in Where if where in places),
        received=loaded + Money(26_570),
        loaded=loaded,
        waiting=Money(10_000),
        arrears=Money(8_520),
        given_back=Money(3_050),
        remainder=Money(5_000),
        training=training,
    )


MANAGER_SHEETS = {
    "bag": manager_sheet_of(168),
    "one": replace(
        manager_sheet_of(1, training=True),
        others=Money(54_800),
        kept=Money(256),
        received=Money(26_826),
    ),
    "none": manager_sheet_of(0),
}


def _floor(building: int, unit: int, floor: int, count: int) -> Floor:
    rows = tuple(
        StripRow(
            f"{building}-{unit}-{floor}0{n}",
            f"{4000 + floor * 10 + n}",
            Volume.of_m3(str(20 + n)) if n % 3 else None,
            Money(5_600 + 280 * n),
            f"S001-2026-{building * 1000 + floor * 10 + n:06d}",
            "7KQ2M9XD",
            account=f"{2000 + floor * 10 + n}",
            sealed_at=WHEN + timedelta(seconds=40 * n),
            to_balance=Money(40 * (n == 1)),
            arrears=Money(3_460 * (n < 3)),
            prepaid=n == 4,
        )
        for n in range(1, count + 1)
    )
    return Floor(str(building), str(unit), str(floor), rows)


STRIPS = ReceiptStrips(
    COMPANY,
    "S001",
    BATCH,
    COMMUNITY,
    WHEN,
    (*(_floor(1, 1, floor, 4) for floor in range(1, 7)), _floor(2, 1, 9, 2)),
    False,
)
ALL_STRIPS = {
    "bag": STRIPS,
    "tall": replace(
        STRIPS, floors=(_floor(3, 2, 1, 30), replace(STRIPS.floors[0], building="")), training=True
    ),
}

NOTES = NotDoneList(
    COMPANY,
    "S001",
    BATCH,
    COMMUNITY,
    WHEN,
    (
        NotDoneRow("1-1-302", "4017", "arrears"),
        NotDoneRow("1-2-501", "4023", "load_still_on_card"),
        NotDoneRow("3-2-1201", "4120", "name_differs"),
        NotDoneRow("8-1-204", "4244", "card_destroyed"),
        NotDoneRow("12-4-1004", "4924", "card_not_seen"),
        NotDoneRow("14-1-101", "", "line_unfunded"),
        NotDoneRow("14-1-602", "4990", "chip_not_supported"),
    ),
    False,
)
ALL_NOTES = {
    "some": NOTES,
    "none": replace(NOTES, rows=(), training=True),
    "many": replace(NOTES, rows=NOTES.rows * 6),
}

AGREED = Annex(
    COMPANY, "S001", BATCH, COMMUNITY, MANAGER, "净月服务专班", 168, 30, WHEN, None, False
)
ANNEXES = {
    "open": AGREED,
    "purged": replace(AGREED, manager="", purged_at=WHEN, training=True),
}

BAG_SAMPLES = {
    BagLabel: LABELS,
    CustodySlip: SLIPS,
    ManagerSheet: MANAGER_SHEETS,
    ReceiptStrips: ALL_STRIPS,
    NotDoneList: ALL_NOTES,
    Annex: ANNEXES,
    TriageList: TRIAGE_LISTS,
    CardReport: card_reports(),
    CardSlip: CARD_SLIPS,
    MeterChangeSlip: METER_CHANGES,
    ClosingSlip: CLOSING_SLIPS,
    RefundSlip: REFUND_SLIPS,
    DeskForm: {name: DESK_FORMS[name] for name in ("transferred", "emergency")},
    ToolSlip: TOOL_SLIPS,
}
