"""The ledger takes each fact exactly once, whatever the network does."""

from __future__ import annotations

import pytest

from cardstation.errors import LedgerRefused
from tests.kit.facts import Chain
from tests.kit.postgres import Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres


def test_a_batch_is_posted_and_acknowledged(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    chain.sale(fen=3_000)
    head = ledger.head()
    assert (head.epoch, head.last_seq) == (1, 0)
    ack = ledger.push(chain.written, head.nonce)
    assert (ack.acked_seq, ack.acked_hash, ack.exceptions) == (3, chain.last_hash, ())
    assert ack.totals == {"gas_sold": -3_000, "tender": 3_000}
    assert ledger.head().nonce == ack.nonce != head.nonce


def test_the_same_batch_again_gets_the_same_answer(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    chain.sale()
    nonce = ledger.head().nonce
    first = ledger.push(chain.written, nonce)
    assert ledger.push(chain.written, nonce) == first
    assert ledger.push(chain.written, first.nonce) == first


def test_a_gap_is_refused(centre: Centre) -> None:
    ledger = centre.station()
    chain = Chain()
    chain.sale()
    with pytest.raises(LedgerRefused) as refused:
        ledger.push(chain.written[1:], ledger.head().nonce)
    assert refused.value.code == "ledger_gap"
    assert refused.value.values == {"expected_seq": 1}
