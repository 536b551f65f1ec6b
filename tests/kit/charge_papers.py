"""Papers of charges, as samples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cardstation.domain.charge import Charge, ChargeKind, ChargeReceipt
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Standing
from cardstation.domain.volume import Volume
from tests.kit.charging import CARD_FEE
from tests.kit.papers import RECEIPT, WHEN
from tests.kit.station import RESIDENTIAL

_TEN = RESIDENTIAL.price(Volume.of_m3("10"), Standing(2026, Volume.of_m3("385")))
_OVER_USE = Charge(
    charge_id="019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708",
    what=ChargeKind.OVER_USE,
    account_no=RECEIPT.account_no,
    meter_no=RECEIPT.meter_no,
    money=_TEN.total,
    tender=Tender.CASH,
    reference="",
    at=WHEN,
    receipt_no="S001-2026-000020",
    document="表读数 1234.5，安装工单 20261127-3",
    quote=_TEN,
)
_FEE = replace(
    _OVER_USE,
    what=ChargeKind.FEE,
    money=CARD_FEE.least,
    tender=Tender.QR_CODE,
    reference="4200002126112400458871",
    document="",
    quote=None,
    fee=CARD_FEE,
)
_DEPOSIT = replace(_FEE, what=ChargeKind.DEPOSIT, money=Money(50_000), fee=None)
_ARREARS = replace(_DEPOSIT, what=ChargeKind.ARREARS, money=Money(3_460), tender=Tender.CASH)
_PUT_OFF = replace(
    _OVER_USE, tender=None, receipt_no="", due=date(2026, 12, 31), approver="021 赵敏"
)
_BACK = replace(
    _FEE,
    charge_id="019ab3c4-5d6e-7f80-91a2-b3c4d5e6f709",
    receipt_no="",
    document="收错用户",
    original="back",
    approver="021 赵敏",
    corrects=_FEE.charge_id,
)


def _paper(charge: Charge, *, training: bool = False, takes_back: str = "") -> ChargeReceipt:
    return ChargeReceipt(
        receipt_no=charge.receipt_no,
        company=RECEIPT.company,
        station=RECEIPT.station,
        clerk=RECEIPT.clerk,
        name=RECEIPT.name,
        address=RECEIPT.address,
        charge=charge,
        entry_id=RECEIPT.entry_id,
        check_code=RECEIPT.check_code,
        training=training,
        takes_back=takes_back,
    )


CHARGES = {
    "over_use": _paper(_OVER_USE),
    "fee": _paper(_FEE, training=True),
    "deposit": _paper(_DEPOSIT),
    "arrears": _paper(_ARREARS),
    "put_off": _paper(_PUT_OFF),
    "back": _paper(_BACK, takes_back=_FEE.receipt_no),
    "put_off_back": _paper(replace(_BACK, tender=None, corrects=_PUT_OFF.charge_id)),
}
