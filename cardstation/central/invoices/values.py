"""Values of invoices: their numbers, taxpayers, the seller, the words of the invoice system."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any

from cardstation.errors import Refusal

_TAX_NO = re.compile(r"[0-9A-Z]{15}|[0-9A-Z]{18}|[0-9A-Z]{20}")
_WHOLE = re.compile(r"[0-9]{20}")
_CODE, _SHORT = re.compile(r"[0-9]{10}|[0-9]{12}"), re.compile(r"[0-9]{8}")


class Asked(StrEnum):
    """What a row of a file asks the invoice system for."""

    INVOICE = "invoice"
    RED_LETTER = "red_letter"
    RECALL = "recall"


class Answered(StrEnum):
    """What the invoice system says of a request."""

    ISSUED = "issued"
    REFUSED = "refused"
    RED_LETTER = "red_letter"


class State(StrEnum):
    """How a receipt's invoice stands, as `invoice_states` derives it."""

    ASKED = "asked"
    ISSUED = "issued"
    REFUSED = "refused"
    RED_LETTER_DUE = "red_letter_due"
    RECALL_DUE = "recall_due"
    RED_LETTER = "red_letter"


OPEN = (State.ASKED, State.ISSUED, State.RED_LETTER_DUE, State.RECALL_DUE)
"""While one of these holds, the money of the receipt has an invoice or may have one."""


@dataclass(frozen=True, slots=True)
class InvoiceNumber:
    """What an invoice is known by: 20 digits, or 8 digits and a code of 10 or 12.

    Fully digital invoices (数电票) have no code.
    """

    code: str
    no: str

    def __str__(self) -> str:
        return f"{self.code} {self.no}".strip()


def invoice_number(code: str, no: str) -> InvoiceNumber | None:
    """A number as it was written, None when it is none."""
    code, no = "".join(code.split()), "".join(no.split())
    whole = not code and _WHOLE.fullmatch(no)
    short = _CODE.fullmatch(code) and _SHORT.fullmatch(no)
    return InvoiceNumber(code, no) if whole or short else None


def tax_number(said: str) -> str:
    """A taxpayer's number, empty for a person without one.

    Raises:
        Refusal: `tax_number_bad`.
    """
    bare = "".join(said.split()).upper()
    if bare and not _TAX_NO.fullmatch(bare):
        raise Refusal("tax_number_bad", said=said[:40])
    return bare


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells, and as what; the utility's own finance says these.

    Attributes:
        rate_percent: Of the tax that is in the amount.
    """

    name: str
    tax_no: str
    goods_code: str
    goods_name: str
    rate_percent: Decimal


def read_seller(file: Path) -> Seller:
    """The seller of a TOML file.

    Raises:
        Refusal: `seller_unreadable`, `tax_number_bad`.
    """
    try:
        said = tomllib.loads(file.read_text("utf-8"))
        names = {one.name for one in fields(Seller)}
        if said.keys() != names:
            raise ValueError(", ".join(sorted(names ^ said.keys())))
        seller = Seller(**{name: _text(said[name]) for name in names - {"rate_percent"}},
                        rate_percent=_rate(said["rate_percent"]))  # fmt: skip
    except (OSError, ValueError) as error:
        raise Refusal("seller_unreadable", file=file.name, reason=str(error)[:200]) from error
    if not tax_number(seller.tax_no):
        raise Refusal("tax_number_bad", said="")
    return seller


def _text(said: Any) -> str:
    if not isinstance(said, str) or not said.strip():
        raise ValueError(f"{said!r}")
    return said.strip()


def _rate(said: Any) -> Decimal:
    try:
        rate = Decimal(str(said))
    except InvalidOperation as error:
        raise ValueError(f"rate_percent: {said!r}") from error
    if not 0 <= rate < 100:
        raise ValueError(f"rate_percent: {said!r}")
    return rate
