"""The station's proof and the ledger agree which exceptions keep revenue in suspense."""

from __future__ import annotations

from cardstation.central import legs
from cardstation.services.proof import equations


def test_verify_knows_every_exception_whose_revenue_the_ledger_keeps_in_suspense() -> None:
    """Else a proof between such an answer and its correction names a difference that is none."""
    kept = {code for code, accounts in legs.MOVED.items() if "gas_sold" in accounts}
    assert kept == equations._IN_DOUBT
