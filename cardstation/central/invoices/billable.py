"""Which facts have a receipt that may get an invoice: loads, over-used gas and fees."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row

from cardstation.central.days import business_day
from cardstation.central.invoices.request_file import Goods, Receipt
from cardstation.domain.charge import ChargeKind
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.payment import GIVEN, Tender

NO_MONEY_TAKEN = GIVEN | {Tender.ORDER}
"""The channel's to invoice, or nobody's: what is owed is invoiced where it is paid."""
_INVOICED = (ChargeKind.OVER_USE, ChargeKind.FEE)
"""A deposit buys nothing yet; arrears were invoiced, or will be, as what they are of."""


def receipt_of(row: Row[Any]) -> Receipt | None:
    """The receipt of an entry, None where it has none, took no money, or is no goods."""
    entry = Entry.from_bytes(bytes(row.raw))
    number, goods = _named(entry)
    if entry.tender in NO_MONEY_TAKEN or not number.startswith(f"{entry.station}-"):
        return None
    day = business_day(bytes(row.raw), row.posted_at)
    return Receipt(row.entry_id, number, row.account_no, day, row.fen, row.litres, goods)


def goods_of(raw: bytes) -> Goods | None:
    """What a receipt is for, None = gas."""
    return _named(Entry.from_bytes(raw))[1]


def _named(entry: Entry) -> tuple[str, Goods | None]:
    """The number of its receipt, empty where it has none to be invoiced; and what it is for."""
    if entry.kind is not EntryKind.CHARGED:
        return entry.detail, None
    try:
        said = json.loads(entry.detail)
        if entry.corrects or said["what"] not in _INVOICED:
            return "", None
        fee = said["fee"]
        goods = None if fee is None else Goods(str(fee["tax_class"]), str(fee["name"]))
        return str(said["receipt_no"]), goods
    except (ValueError, KeyError, TypeError):
        return "", None
