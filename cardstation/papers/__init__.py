"""The station's papers: one file per form turns a value into the bytes of a PDF.

Forms are pure: the same value, language and reprint mark give the same bytes. A text the typeface
cannot show is refused before anything is printed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from cardstation.domain.receipt import HandoverSheet, Receipt
from cardstation.papers.handover_sheet import handover_sheet
from cardstation.papers.receipt_80mm import receipt_80mm
from cardstation.papers.receipt_a5 import receipt_a5
from cardstation.papers.wording import Reprint

__all__ = ["FORMS", "Form", "Reprint", "handover_sheet", "receipt_80mm", "receipt_a5"]

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


FORMS: tuple[Form[Receipt] | Form[HandoverSheet], ...] = (
    Form("receipt_a5", Receipt, 210, receipt_a5),
    Form("receipt_80mm", Receipt, 80, receipt_80mm),
    Form("handover_sheet", HandoverSheet, 210, handover_sheet),
)
