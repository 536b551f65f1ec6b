"""The station's papers: one file per form turns a value into the bytes of a PDF.

Forms are pure: the same value, language and reprint mark give the same bytes. A text the typeface
cannot show is refused before anything is printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cardstation.domain.bag_papers import (
    Annex,
    BagLabel,
    CustodySlip,
    ManagerSheet,
    NotDoneList,
    ReceiptStrips,
)
from cardstation.domain.card_report import CardReport
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.charge import ChargeReceipt
from cardstation.domain.closing import ClosingSlip
from cardstation.domain.desk_form import DeskForm
from cardstation.domain.meter_change import MeterChangeSlip
from cardstation.domain.quotation import BatchQuote
from cardstation.domain.receipt import Acknowledgement, HandoverSheet, Receipt
from cardstation.domain.refund_list import RefundList
from cardstation.domain.refund_slip import RefundSlip
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.triage_list import TriageList
from cardstation.papers.acknowledgement import acknowledgement
from cardstation.papers.annex import annex
from cardstation.papers.bag_label import bag_label
from cardstation.papers.card_report import card_report
from cardstation.papers.card_slip import card_slip
from cardstation.papers.charge_paper import charge_80mm, charge_a5
from cardstation.papers.closing_slip import closing_slip
from cardstation.papers.custody_slip import custody_slip
from cardstation.papers.desk_copy import desk_copy
from cardstation.papers.desk_form import desk_form
from cardstation.papers.handover_sheet import handover_sheet
from cardstation.papers.manager_sheet import manager_sheet
from cardstation.papers.meter_change import meter_change
from cardstation.papers.not_done_list import not_done_list
from cardstation.papers.quote_sheet import quote_sheet
from cardstation.papers.receipt_80mm import receipt_80mm
from cardstation.papers.receipt_a5 import receipt_a5
from cardstation.papers.receipt_strip import receipt_strip
from cardstation.papers.refund_list import refund_list
from cardstation.papers.refund_slip import refund_slip
from cardstation.papers.tool_slip import tool_slip
from cardstation.papers.triage_list import triage_list, triage_table
from cardstation.papers.wording import Reprint

__all__ = [
    "FORMS",
    "Form",
    "Reprint",
    "acknowledgement",
    "annex",
    "bag_label",
    "card_report",
    "card_slip",
    "charge_80mm",
    "charge_a5",
    "closing_slip",
    "custody_slip",
    "desk_copy",
    "desk_form",
    "handover_sheet",
    "manager_sheet",
    "meter_change",
    "not_done_list",
    "quote_sheet",
    "receipt_80mm",
    "receipt_a5",
    "receipt_strip",
    "refund_list",
    "refund_slip",
    "tool_slip",
    "triage_list",
    "triage_table",
]

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Form(Generic[Value]):
    """A form the station can draw.

    Attributes:
        code: Its name in settings and file names.
        value: What it is drawn from.
        width_mm: Of its page.
        draw: Value and language to PDF.
    """

    code: str
    value: type[Value]
    width_mm: float
    draw: Callable[[Value, str], bytes]


FORMS: tuple[Form[Any], ...] = (
    Form("receipt_a5", Receipt, 210, receipt_a5),
    Form("receipt_80mm", Receipt, 80, receipt_80mm),
    Form("charge_a5", ChargeReceipt, 210, charge_a5),
    Form("charge_80mm", ChargeReceipt, 80, charge_80mm),
    Form("handover_sheet", HandoverSheet, 210, handover_sheet),
    Form("desk_copy", HandoverSheet, 210, desk_copy),
    Form("quote_sheet", BatchQuote, 210, quote_sheet),
    Form("acknowledgement", Acknowledgement, 210, acknowledgement),
    Form("refund_list", RefundList, 210, refund_list),
    Form("bag_label", BagLabel, 100, bag_label),
    Form("custody_slip", CustodySlip, 210, custody_slip),
    Form("manager_sheet", ManagerSheet, 210, manager_sheet),
    Form("receipt_strip", ReceiptStrips, 210, receipt_strip),
    Form("not_done_list", NotDoneList, 210, not_done_list),
    Form("annex", Annex, 210, annex),
    Form("triage_list", TriageList, 210, triage_list),
    Form("card_report", CardReport, 210, card_report),
    Form("card_slip", CardSlip, 210, card_slip),
    Form("meter_change", MeterChangeSlip, 210, meter_change),
    Form("closing_slip", ClosingSlip, 210, closing_slip),
    Form("refund_slip", RefundSlip, 210, refund_slip),
    Form("desk_form", DeskForm, 210, desk_form),
    Form("tool_slip", ToolSlip, 210, tool_slip),
)
