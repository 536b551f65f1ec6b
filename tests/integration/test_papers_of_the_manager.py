"""What reaches a property manager with a bag, and what stays on file, is what the annex says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.bootstrap.bag_papers import print_return, purge_with_papers, write_bag_paper
from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Party, Why
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.papers.doors_told import doors_told
from cardstation.papers.manager_sheet import manager_sheet as draw
from cardstation.services.bag_papers import custody_slip, manager_sheet
from cardstation.services.custody_state import custody_state
from cardstation.services.explain_card import explain_card
from cardstation.services.pay_batch import pay_batch
from tests.kit.handing import go_back, hand
from tests.kit.lists import list_row, taken, with_people
from tests.kit.paper_sums import papers_agree
from tests.kit.papers import pages_of
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch

HOMES = [replace(home, name=f"王某{n}") for n, home in enumerate(neighbours(4))]
OWN = HOMES[3]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    with_people(opened)
    yield opened
    papers_agree(opened.station)
    opened.station.store.close()


def text_of(path: Path) -> str:
    return "".join(pages_of(path.read_bytes())).replace("\n", "")


def test_a_slip_on_file_names_no_door_after_the_purge(desk: Desk, tmp_path: Path) -> None:
    station, folder = desk.station, tmp_path / "papers"
    batch = taken(station, [list_row(home) for home in HOMES]).batch_id
    pay_batch(station, batch, tender=Tender.CASH, money=Money(30_000))
    hand(station, batch, Party.MANAGER, Party.DESK, missing=(4,))
    slip = custody_slip(station, batch)
    assert slip.missing == (4,)
    filed = write_bag_paper(slip, folder, "zh_CN")
    for home in HOMES[:3]:
        desk.load(batch, card_of(home))
    explain_card(station, batch, Explanation(Why.NEVER_GIVEN, (4,)), Approval("林静"))
    go_back(station, batch)
    desk.clock.at += timedelta(days=40)
    assert custody_state(station, batch).stage in (Stage.RETURNED, Stage.CLOSED)
    assert OWN.address.door not in text_of(filed)
    purge_with_papers(station, 30, folder)
    assert [one.name for one in folder.iterdir()] == [filed.name]


def test_a_household_that_paid_itself_is_on_no_paper_of_the_manager(
    desk: Desk, tmp_path: Path
) -> None:
    station = desk.station
    batch = taken(station, [list_row(home, yuan="100") for home in HOMES]).batch_id
    pay_batch(station, batch, tender=Tender.CASH, money=Money(30_000), payer="物业赵经理")
    pay_batch(station, batch, tender=Tender.CASH, money=Money(13_000), line=4, payer=OWN.name)
    hand(station, batch, Party.MANAGER, Party.DESK)
    for home in HOMES:
        desk.load(batch, card_of(home))
    paths = print_return(station, batch, tmp_path / "papers", "zh_CN", None, lambda *_: None)
    names = [path.name for path in paths]
    assert names[:2] == [f"{batch}-manager_sheet.pdf", f"{batch}-refunds-1.pdf"]
    for path in paths[:2]:
        said = text_of(path)
        assert all(home.name not in said for home in HOMES)
        assert "130.00" not in said
    own = text_of(paths[names.index(f"{batch}-refunds-2.pdf")])
    assert OWN.name in own
    assert "赵经理" not in own
    after = names.index(f"{batch}-refunds-2.pdf")
    assert after > max(at for at, name in enumerate(names) if name.endswith("-a5.pdf"))


MANAGER, OTHER = "阳光物业", "钱会计"


@pytest.mark.parametrize("payers", [(OTHER, MANAGER), (MANAGER, OTHER), (OTHER,)])
def test_sums_of_rows_are_read_by_the_manager_alone(
    desk: Desk, tmp_path: Path, payers: tuple[str, ...]
) -> None:
    """Who else paid for all reads at most whose rows were not loaded."""
    rows = [line(home, at, yuan="137") for at, home in enumerate(HOMES, start=1)]
    batch = put_batch(desk, rows, manager=MANAGER)
    for payer in payers:
        pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(5_000), payer=payer)
        desk.clock.at += timedelta(minutes=1)
    folder = tmp_path / "papers"
    print_return(desk.station, batch, folder, "zh_CN", None, lambda *_: None)
    said = [text_of(path) for path in sorted(folder.glob(f"{batch}-refunds-*.pdf"))]
    assert len(said) == len(payers)
    for page in said:
        ours, sums = f"交款人: {MANAGER}" in page, "137.00" in page
        doors = [home.address.door in page for home in HOMES]
        assert (sums, set(doors)) == (ours, {ours or len(payers) == 1}), page


@pytest.mark.parametrize("payers", [(OTHER,), (MANAGER, OTHER), (OTHER, "")])
def test_the_sheet_has_amounts_only_of_what_the_manager_paid(
    desk: Desk, payers: tuple[str, ...]
) -> None:
    """What another paid for all is one sum of theirs, of no door; rows of both show a part."""
    rows = [line(home, at, yuan="100") for at, home in enumerate(HOMES, start=1)]
    batch = put_batch(desk, rows, manager=MANAGER)
    each = Money(40_000 // len(payers) + 1_000)
    for payer in payers:
        pay_batch(desk.station, batch, tender=Tender.CASH, money=each, payer=payer)
        desk.clock.at += timedelta(minutes=1)
    for home in HOMES:
        desk.load(batch, card_of(home))
    sheet = manager_sheet(desk.station, batch)
    full, none, part = Money(10_000), None, Money(1_000)
    own = {
        (OTHER,): [none] * 4,
        (MANAGER, OTHER): [full, full, part, none],
        (OTHER, ""): [none, none, Money(9_000), full],
    }[payers]
    assert [row.amount for row in sheet.rows] == own
    theirs = each if len(payers) > 1 else NO_MONEY
    assert (sheet.received, sheet.others) == (theirs, each)
    assert sheet.loaded == sum((one for one in own if one), NO_MONEY)
    assert sheet.received == sheet.loaded + sheet.remainder
    said = "".join(pages_of(draw(sheet, "zh_CN")))
    assert f"他人交来 {each}（不在本单）" in said
    assert ("100.00" in said) == (len(payers) > 1)


def test_the_digits_of_a_card_stand_where_its_door_does_not_tell_it() -> None:
    cards = [("1-1-101", "88010001"), ("1-1-102", "88010002"), ("1-1-102", "88010003"), ("", "9")]
    assert doors_told(cards) == ["1-1-101", "1-1-102 …0002", "1-1-102 …0003", "…9"]
