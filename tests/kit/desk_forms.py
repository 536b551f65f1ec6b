"""Forms of the desk, for papers and pictures."""

from __future__ import annotations

from dataclasses import replace

from cardstation.domain.desk_form import DeskForm, FormOf
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from tests.kit.papers import RECEIPT, WHEN

_STOPPED = DeskForm(
    of=FormOf.STOPPED,
    record="019ab3c4-5d6e-7f80-91a2-b3c4d5e6f708",
    check_code="7C9A01BE",
    company=RECEIPT.company,
    station=RECEIPT.station,
    clerk=RECEIPT.clerk,
    approver="",
    made_at=WHEN,
    training=False,
    account_no=RECEIPT.account_no,
    name=RECEIPT.name,
    address=RECEIPT.address,
    card_no=RECEIPT.card_no,
    meter_no=RECEIPT.meter_no,
    words="长期外出，户主持身份证到场申请停用，申请单 21 号",
)
_GRANTED = replace(
    _STOPPED,
    of=FormOf.MAKE_UP,
    approver="018 班长",
    words="表具故障，11 月 3 日购气未上表，维修工现场读数并拍照",
    document="GD-2026-1107",
    quantity=Volume.of_m3("25"),
)
DESK_FORMS = {
    "stopped": _STOPPED,
    "restarted": replace(
        _STOPPED, of=FormOf.RESTARTED, approver="018 班长", words="返家恢复用气，申请单 22 号"
    ),
    "transferred": replace(
        _STOPPED,
        of=FormOf.TRANSFERRED,
        approver="018 班长",
        owner="赵一鸣",
        words="二手房过户，合同 2026-118，双方到场；" * 8,
        training=True,
    ),
    "make_up": _GRANTED,
    "emergency": replace(_GRANTED, of=FormOf.EMERGENCY, document="热线 1107-3"),
    "withdrawn": replace(_GRANTED, of=FormOf.WITHDRAWN, quantity=Money(123_456)),
    "unblocked": replace(_STOPPED, of=FormOf.UNBLOCKED, approver="018 班长"),
}
