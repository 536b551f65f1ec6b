"""A receipt goes home with its card: not before it, and not never."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardstation.bootstrap.bag_papers import print_return
from cardstation.domain.custody import Explanation, Party, Why
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.services.bag_papers import receipt_strips, receipts_by_door
from cardstation.services.explain_card import explain_card
from cardstation.services.pay_batch import pay_batch
from tests.integration.test_custody_commands import Tray
from tests.kit.handing import go_back, hand
from tests.kit.station import Desk, card_of, line, neighbours, open_desk, put_batch

HOMES = neighbours(3)
FIRST, SECOND, THIRD = (f"S001-2026-{number:06d}" for number in (1, 2, 3))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


def loaded(desk: Desk) -> str:
    batch = put_batch(desk, [line(home, row) for row, home in enumerate(HOMES, 1)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(30_000))
    hand(desk.station, batch, Party.MANAGER, Party.DESK)
    for home in HOMES:
        desk.load(batch, card_of(home))
    return batch


def explain(desk: Desk, batch: str, why: Why) -> None:
    approval = Approval("supervisor") if why is Why.KEEPS_GAS else None
    explain_card(desk.station, batch, Explanation(why, (2,)), approval)


def receipts(desk: Desk, batch: str) -> list[str]:
    """Of single papers and of strips: the same ones."""
    found = list(receipts_by_door(desk.station, batch))
    floors = receipt_strips(desk.station, batch).floors
    assert [row.receipt_no for floor in floors for row in floor.rows] == found
    return found


def printed(desk: Desk, batch: str, folder: Path) -> list[str]:
    tray = Tray(99)
    print_return(desk.station, batch, folder, "zh_CN", tray, lambda *_: None)
    return tray.printed


def single(names: list[str]) -> list[str]:
    return [name.removesuffix("-a5") for name in names if name.endswith("-a5")]


@pytest.mark.parametrize("why", [Why.SEALED_OFF, Why.ABSENT, Why.REFUSED])
@pytest.mark.parametrize("taker", [Party.MANAGER, Party.TEAM, Party.RESIDENT])
def test_the_receipt_of_a_kept_card_is_printed_as_it_goes_home(
    desk: Desk, tmp_path: Path, why: Why, taker: Party
) -> None:
    batch = loaded(desk)
    explain(desk, batch, why)
    assert receipts(desk, batch) == [FIRST, THIRD], "kept before the bag left"
    go_back(desk.station, batch, places=(1, 3))
    assert single(printed(desk, batch, tmp_path / "papers")) == [FIRST, THIRD]
    if why is Why.REFUSED:
        explain(desk, batch, Why.KEEPS_GAS)
    go_back(desk.station, batch, taker=taker, places=(2,))
    names = printed(desk, batch, tmp_path / "papers")
    assert single(names) == [SECOND]
    assert names[-2:] == [f"{batch}-return-desk_copy", f"{batch}-sheet"]


@pytest.mark.parametrize("taker", [Party.MANAGER, Party.TEAM])
def test_of_a_bag_in_parts_receipts_go_with_each_part(
    desk: Desk, tmp_path: Path, taker: Party
) -> None:
    batch = loaded(desk)
    assert receipts(desk, batch) == [FIRST, SECOND, THIRD], "nothing left yet: printed beforehand"
    hand(desk.station, batch, Party.DESK, Party.RESIDENT, places=(3,))
    assert receipts(desk, batch) == [FIRST, SECOND, THIRD], "one fetched its own card"
    hand(desk.station, batch, Party.DESK, taker, places=(1,))
    assert single(printed(desk, batch, tmp_path / "papers")) == [FIRST, THIRD]
    hand(desk.station, batch, Party.DESK, taker, places=(2,))
    assert single(printed(desk, batch, tmp_path / "papers")) == [SECOND]
