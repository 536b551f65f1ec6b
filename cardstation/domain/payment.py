"""How money arrives."""

from __future__ import annotations

from enum import StrEnum


class Tender(StrEnum):
    """Tender of a payment; `batch` = out of a lump sum, `order` = already paid online.

    `balance` is money of the household that is kept here. The last three are causes for which gas
    is given (see `domain.gas_due`): nobody pays at the desk for `make_up` (补气) and `carried`
    (换表结转), and `emergency` (应急) is owed as arrears.
    """

    CASH = "cash"
    BANK_TRANSFER = "bank_transfer"
    QR_CODE = "qr_code"
    BATCH = "batch"
    ORDER = "order"
    BALANCE = "balance"
    MAKE_UP = "make_up"
    CARRIED = "carried"
    EMERGENCY = "emergency"


GIVEN = frozenset({Tender.MAKE_UP, Tender.CARRIED, Tender.EMERGENCY})
"""Gas that two people granted: no money comes in with it, and none goes back."""
WITHOUT_ASKING = GIVEN | {Tender.BATCH, Tender.ORDER, Tender.BALANCE}
"""Tenders that nobody is asked to pay: out of a lump sum, paid online, kept as a balance, or given;
none of their money comes into this desk's till."""
NO_GRANT_NEEDED = GIVEN | {Tender.ORDER}
"""Loads that no grant of money covers: an order has its lease, given gas its limit in m³."""
