"""What every ledger makes of tool cards and unblocked cards: kept, told of by nobody's card."""

from __future__ import annotations

from cardstation.ports.ledger import Ledger
from tests.contract.test_ledgers import ledger
from tests.kit.facts import Chain

__all__ = ["ledger"]

pytest_plugins = ("tests.kit.ledger_fixtures",)


def test_a_work_of_no_household_posts_nothing_and_is_told_of_its_own_number(
    ledger: Ledger,
) -> None:
    chain = Chain()
    chain.add("tool_card", subject="T00001000001", litres=1_500, tender="")
    for kind in ("card_armed", "card_written"):
        chain.add(kind, card_no="T00001000001", account_no="", tender="")
    chain.add("card_unblocked", subject="C1", account_no="1", tender="")
    ack = ledger.push(chain.written, ledger.head().nonce)
    assert (ack.acked_seq, ack.exceptions, ack.totals) == (4, (), {})
    assert len(ledger.loads_of("T00001000001")) == 2
    assert ledger.loads_of("C1") == ()
    assert ledger.entries_after(0) == tuple(chain.written)
