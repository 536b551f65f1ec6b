"""A quote is signed once it holds; the signature stands behind the order in which money is used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.domain.batch_life import Step
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.quotation import QuoteSigned
from cardstation.errors import Refusal
from cardstation.services.batch_account import batch_account
from cardstation.services.batch_list import batch_list
from cardstation.services.batch_state import batch_state
from cardstation.services.custody_state import custody_state
from cardstation.services.issue_acknowledgement import issue_acknowledgement
from cardstation.services.leave_out import leave_out
from cardstation.services.pay_batch import pay_batch
from cardstation.services.quote_batch import quote_batch
from cardstation.services.revise_list import revise_list
from cardstation.services.settle_line import settle_line
from cardstation.services.sign_quote import sign_quote
from cardstation.services.verify import verify
from cardstation.store.frozen import thaw
from tests.kit.lists import list_row, made_list, taken
from tests.kit.station import Desk, neighbours, open_desk

HOMES = neighbours(3)
PICTURE = b"\x89PNG\r\n\x1a\n signature"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


def acknowledged(desk: Desk, batch_id: str, fen: int) -> bool:
    """Pays, and says whether the acknowledgement calls the order signed."""
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(fen))
    ack_no = batch_account(desk.station, batch_id).payments[-1].ack_no
    return issue_acknowledgement(desk.station, ack_no).acknowledgement.signed


def test_the_signature_is_kept_with_the_quote_and_names_nobody_to_the_ledger(desk: Desk) -> None:
    batch_id = taken(desk.station, [list_row(one) for one in HOMES]).batch_id
    with pytest.raises(Refusal, match="no_quote_to_sign"):
        sign_quote(desk.station, batch_id, quote_no=f"{batch_id}-Q1", picture=PICTURE)
    assert batch_list(desk.station, 1)[0].found.quote is None
    quote = quote_batch(desk.station, batch_id)
    (listed,) = batch_list(desk.station, 1)
    assert listed.found.quote == batch_state(desk.station, batch_id).quote is not None
    assert acknowledged(desk, batch_id, 10_000) is False
    signed = sign_quote(
        desk.station, batch_id, quote_no=f"{batch_id}-Q1", by="王经理", picture=PICTURE
    )
    assert signed.signed_at == desk.station.clock.now()
    assert acknowledged(desk, batch_id, 10_000) is True
    with desk.station.store.reading() as reading:
        (step,) = reading.steps.of_kind(Step.SIGNED)
        value = thaw(QuoteSigned, step.detail)
        assert (value.quote_no, value.picture) == (
            quote.quote_no,
            hashlib.sha256(PICTURE).hexdigest(),
        )
        assert reading.steps.signature(value.picture) == PICTURE
        entry = reading.journal.at(step.seq)
    assert entry is not None
    assert entry.entry.proof == quote.digest
    assert "王经理" not in entry.raw.decode()
    assert custody_state(desk.station, batch_id).timeline[-1].step.step is Step.SIGNED
    assert verify(desk.station).ok


def test_a_signature_is_of_one_quote_only(desk: Desk) -> None:
    batch_id = taken(desk.station, [list_row(one) for one in HOMES]).batch_id
    quote_batch(desk.station, batch_id)
    sign_quote(desk.station, batch_id, quote_no=f"{batch_id}-Q1", on_paper=True)
    leave_out(desk.station, batch_id, 3, "not_wanted")
    with pytest.raises(Refusal, match="no_quote_to_sign"):
        sign_quote(desk.station, batch_id, quote_no=f"{batch_id}-Q1", on_paper=True)
    assert acknowledged(desk, batch_id, 5_000) is False
    revise_list(desk.station, batch_id, made_list([list_row(one) for one in HOMES[:1]]))
    quote_batch(desk.station, batch_id)
    assert acknowledged(desk, batch_id, 100) is False, "the new one is not signed"
    sign_quote(desk.station, batch_id, quote_no=f"{batch_id}-Q2", on_paper=True)
    assert acknowledged(desk, batch_id, 100) is True
    assert verify(desk.station).ok


def test_a_paper_that_another_quote_replaced_is_not_the_one_that_was_signed(desk: Desk) -> None:
    """The payer signs the first; meanwhile another clerk has made a second of another total."""
    batch_id = taken(desk.station, [list_row(HOMES[0]), list_row(HOMES[1], "一百五")]).batch_id
    first = quote_batch(desk.station, batch_id)
    settle_line(desk.station, batch_id, 2, HOMES[1].account_no, Money(30_000))
    second = quote_batch(desk.station, batch_id)
    assert first.total != second.total
    with pytest.raises(Refusal, match="quote_superseded"):
        sign_quote(desk.station, batch_id, quote_no=first.quote_no, on_paper=True)
    signed = sign_quote(desk.station, batch_id, quote_no=second.quote_no, on_paper=True)
    assert signed.fact.fen == second.total.fen


@pytest.mark.parametrize(
    ("given", "code"),
    [({}, "quote_not_signed"), ({"picture": b"GIF89a"}, "signature_not_picture")],
)
def test_what_is_no_signature(desk: Desk, given: dict[str, bytes], code: str) -> None:
    batch_id = taken(desk.station, [list_row(HOMES[0])]).batch_id
    quote_batch(desk.station, batch_id)
    with pytest.raises(Refusal) as refused:
        sign_quote(
            desk.station, batch_id, quote_no=f"{batch_id}-Q1", picture=given.get("picture", b"")
        )
    assert refused.value.code == code
