"""The station's papers: one file per form turns a value into the bytes of a PDF.

Forms are pure: the same value, language and reprint mark give the same bytes. A text the typeface
cannot show is refused before anything is printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cardstation.domain.quotation import BatchQuote
from cardstation.domain.receipt import Acknowledgement, HandoverSheet, Receipt
from cardstation.domain.refund_list import RefundList
from cardstation.papers.acknowledgement import acknowledgement
from cardstation.papers.handover_sheet import handover_sheet
from cardstation.papers.quote_sheet import quote_sheet
from cardstation.papers.receipt_80mm import receipt_80mm
from cardstation.papers.receipt_a5 import receipt_a5
from cardstation.papers.refund_list import refund_list
from cardstation.papers.wording import Reprint

__all__ = [
    "FORMS",
    "Form",
    "Reprint",
    "acknowledgement",
    "handover_sheet",
    "quote_sheet",
    "receipt_80mm",
    "receipt_a5",
    "refund_list",
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
    Form("handover_sheet", HandoverSheet, 210, handover_sheet),
    Form("quote_sheet", BatchQuote, 210, quote_sheet),
    Form("acknowledgement", Acknowledgement, 210, acknowledgement),
    Form("refund_list", RefundList, 210, refund_list),
)
