"""A purge leaves no name: what was typed is looked for in every column and every file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.bootstrap.bag_papers import purge_with_papers
from cardstation.bootstrap.papers import write_refunds, write_sheet
from cardstation.domain.batch import Whose
from cardstation.domain.custody import Party
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.batch_account import batch_account
from cardstation.services.begin_remainder import begin_remainder
from cardstation.services.custody_state import custody_state
from cardstation.services.issue_acknowledgement import issue_acknowledgement
from cardstation.services.leave_out import leave_out
from cardstation.services.lists.learning import learn
from cardstation.services.lists.taking import take_in
from cardstation.services.load_line import load_line
from cardstation.services.pay_batch import pay_batch
from cardstation.services.put_in_envelope import put_in_envelope
from cardstation.services.quote_batch import quote_batch
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_line import settle_line
from cardstation.services.sign_quote import sign_quote
from cardstation.services.verify import verify
from tests.kit.handing import go_back, hand
from tests.kit.lists import list_row, made_list
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk

HOMES = neighbours(3)
SECOND = Approval("017")
MARK = "ZQMARKE"
KEPT = {
    "journal.raw": "the chain itself: a link that changes breaks every later one (vouchers)",
    "payment.payer": "voucher: whose money it is, and who gets back what is left",
    "payment.reference": "voucher: the payment's own number and text, compared with the bank",
    "payment_log.payer": "as payment.payer, from the moment the money was asked for",
    "payment_log.reference": "as payment.reference, from the moment the money was asked for",
    "acknowledgement.frozen": "voucher: the paper as the payer has it, printed again the same",
    "signature.image": "voucher: who signed for cards and quotes, as they signed",
}
"""Kept for 30 years, each with its reason; whatever else holds a mark after a purge is a fault."""


def mark(what: str) -> str:
    return f"{MARK}{what}"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.reader.pull()
    opened.station.store.close()


def marked(desk: Desk) -> str:
    """A batch whose every typed field says something that is nowhere else."""
    doubted = {"name": mark("name"), "note": mark("note"), "door": mark("door")}
    nobody_knows = dict.fromkeys(("account_no", "card_no", "name", "door", "amount"), mark("row"))
    rows = [
        replace(list_row(HOMES[0]), sheet=mark("sheet"), envelope=mark("envelope")),
        replace(list_row(HOMES[1]), sheet=mark("other-sheet"), **doubted),
        replace(list_row(HOMES[2]), **nobody_knows),
    ]
    manager = mark("manager")
    found = replace(made_list(rows), name=mark("list"))
    batch = take_in(desk.station, found, Whose(manager=manager)).batch_id
    with desk.station.store.unit() as unit:
        learn(unit, manager, {mark("heading"): "amount"})
        unit.commit()
    return batch


def loaded(desk: Desk, batch: str, home: int, envelope: str = "") -> None:
    with closing(desk.insert(card_of(HOMES[home]))) as card:
        load_line(desk.station, batch, card, nobody, envelope)


def lived(desk: Desk) -> str:
    """Its whole way: decided, quoted, signed, paid, stopped, loaded, given back, returned."""
    station, batch = desk.station, marked(desk)
    settle_line(station, batch, 2, HOMES[1].account_no, Money(10_000))
    leave_out(station, batch, 3, "unclear")
    put_in_envelope(station, batch, 4, mark("slot"))
    quoted = quote_batch(station, batch)
    sign_quote(station, batch, quote_no=quoted.quote_no, by=mark("signer"), on_paper=True)
    names = {"given_by": mark("giver"), "taken_by": mark("taker")}
    hand(station, batch, Party.MANAGER, Party.DESK, **names)
    told = {"payer": mark("payer"), "reference": mark("reference")}
    pay_batch(station, batch, tender=Tender.BANK_TRANSFER, money=Money(21_000), **told)
    with pytest.raises(Refusal, match="card_in_other_envelope"):
        loaded(desk, batch, 0, mark("scanned"))
    loaded(desk, batch, 0, mark("envelope"))
    loaded(desk, batch, 1, mark("slot"))
    [paid] = batch_account(station, batch).payments
    issue_acknowledgement(station, paid.ack_no)
    begin_remainder(station, batch, paid.payment.payment_id, Money(1_000))
    station.store.begun.clear()
    return_remainder(
        station,
        batch,
        paid.payment.payment_id,
        Money(1_000),
        SECOND,
        found=mark("found on the slip"),
    )
    desk.clock.at += timedelta(minutes=5)
    go_back(station, batch, **names)
    return batch


def found_in(desk: Desk) -> dict[str, set[str]]:
    """Table and column of every mark in the records, and which marks those are."""
    told: dict[str, set[str]] = {}
    with desk.station.store.reading() as reading:
        run = reading._connection.exec_driver_sql
        tables = [name for (name,) in run("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = run(f'SELECT * FROM "{table}"')  # noqa: S608  # names of the schema itself
            names = list(rows.keys())
            for row in rows:
                for name, value in zip(names, row, strict=True):
                    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    if MARK in text.upper():
                        marks = {part[:12] for part in text.upper().split(MARK)[1:]}
                        told.setdefault(f"{table}.{name}", set()).update(marks)
    return told


def test_every_typed_field_is_gone_but_the_vouchers(desk: Desk, tmp_path: Path) -> None:
    batch, papers = lived(desk), tmp_path / "papers"
    papers.mkdir()
    write_sheet(desk.station, batch, papers, "zh_CN")
    write_refunds(desk.station, batch, papers, "zh_CN")
    copy = tmp_path / "station.db.v7"
    copy.write_bytes(next(tmp_path.glob("*.db")).read_bytes())
    before = found_in(desk)
    typed = {"batches.name", "batches.manager", "batch_lines.sheet", "batch_lines.envelope"}
    typed |= {"batch_lines.written_note", "batch_stop.facts", "learned_column.word"}
    assert typed <= before.keys(), "the marks were planted"
    desk.clock.at += timedelta(days=31)
    assert purge_with_papers(desk.station, 30, papers) == (batch,)
    left = found_in(desk)
    assert {where: marks for where, marks in left.items() if where not in KEPT} == {}
    assert KEPT.keys() == left.keys(), "what needs no excuse any more has none"
    assert list(papers.iterdir()) == []
    assert not copy.exists()
    assert verify(desk.station).ok


def test_the_file_itself_holds_no_more_than_the_vouchers(desk: Desk, tmp_path: Path) -> None:
    batch = lived(desk)
    desk.clock.at += timedelta(days=31)
    purge_with_papers(desk.station, 30, tmp_path / "papers")
    gone = ("note", "door", "sheet", "heading", "scanned", "slot", "row", "manager")
    for path in tmp_path.rglob("*"):
        whole = path.read_bytes() if path.is_file() else b""
        assert [one for one in gone if mark(one).encode() in whole] == [], path.name
    assert batch


def test_where_every_card_is_reads_the_same_after_a_purge(desk: Desk) -> None:
    batch = lived(desk)
    before = custody_state(desk.station, batch).custody
    desk.clock.at += timedelta(days=31)
    purge_with_papers(desk.station, 30, Path("none"))
    assert custody_state(desk.station, batch).custody == before


def test_headings_stay_while_another_batch_names_their_manager(desk: Desk) -> None:
    batch = lived(desk)
    later = replace(made_list([list_row(HOMES[2])]), name="later")
    take_in(desk.station, later, Whose(manager=mark("manager")))
    desk.clock.at += timedelta(days=31)
    assert purge_with_papers(desk.station, 30, Path("none")) == (batch,)
    with desk.station.store.reading() as reading:
        assert reading.learned.of_manager(mark("manager"))
