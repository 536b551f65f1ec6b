"""An amount far above what a household uses waits for a supervisor; then its card is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState, Verdict
from cardstation.domain.ledger import Order
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.services.add_row import add_row
from cardstation.services.batch_state import batch_state
from cardstation.services.begin_door_list import begin_door_list
from cardstation.services.import_list import import_list
from cardstation.services.load_line import load_line
from cardstation.services.pay_batch import pay_batch
from cardstation.services.quote_batch import quote_batch
from cardstation.services.release_amount import release_amount
from cardstation.services.verify import verify
from tests.kit.lists import lines_of
from tests.kit.station import (
    DESK_RULES,
    RESIDENTIAL,
    Desk,
    card_of,
    neighbours,
    nobody,
    open_desk,
)

HOMES = neighbours(2)
CHIEF = Approval("王班长")
MUCH = 2000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path / "home", households=HOMES)
    most = {HOMES[0].tariff: Volume.of_m3("500")}
    with opened.station.store.unit() as unit:
        unit.tariffs.replace((RESIDENTIAL,), replace(DESK_RULES, plausible_per_load=most))
        unit.commit()
    with closing(opened.station.store):
        yield opened
        opened.reader.pull()


@pytest.fixture
def batch(desk: Desk, tmp_path: Path) -> str:
    rows = ["户号,户主,房号,卡号,金额"]
    for home, yuan in zip(HOMES, (MUCH, 100), strict=True):
        said = (home.account_no, home.name, home.address.door, home.card_no, str(yuan))
        rows.append(",".join(said))
    path = tmp_path / "list.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return import_list(desk.station, path).batch_id


def load(desk: Desk, batch: str, at: int) -> LineState:
    with closing(desk.insert(card_of(HOMES[at]))) as card:
        return load_line(desk.station, batch, card, nobody).state


def pay(desk: Desk, batch: str) -> None:
    lump = Money.of_yuan(str(MUCH + 100))
    pay_batch(desk.station, batch, tender=Tender.CASH, money=lump)


def test_a_supervisor_releases_it_and_its_card_is_loaded(desk: Desk, batch: str) -> None:
    pay(desk, batch)
    with pytest.raises(Refusal) as stop:
        load(desk, batch, 0)
    assert (stop.value.code, stop.value.values["reason"]) == (
        "line_needs_human",
        "implausible_volume",
    )
    became = release_amount(desk.station, batch, 1, CHIEF)
    state = batch_state(desk.station, batch)
    line = state.batch.lines[became - 1]
    assert (line.verdict, line.reasons) == (Verdict.READY, ("amount_released",))
    assert [load(desk, batch, at) for at in (0, 1)] == [LineState.DONE] * 2
    money = batch_state(desk.station, batch).money
    assert money.loaded == money.received == Money.of_yuan(str(MUCH + 100))
    found = verify(desk.station)
    assert found.ok, found.disagreements


def test_the_second_person_stands_with_it(desk: Desk, batch: str) -> None:
    with pytest.raises(Refusal, match="second_person_same"):
        release_amount(desk.station, batch, 1, Approval(desk.station.clerk))
    release_amount(desk.station, batch, 1, CHIEF)
    with desk.station.store.reading() as reading:
        last = reading.journal.last()
    assert last is not None
    assert last.entry.approver == CHIEF.name


def test_who_typed_the_amount_in_an_earlier_shift_does_not_release_it(desk: Desk) -> None:
    early = desk.station
    desk.station = replace(early, clerk=CHIEF.name)
    batch = begin_door_list(desk.station, "上门").batch_id
    place = add_row(desk.station, batch, HOMES[0].account_no, Money.of_yuan(str(MUCH)))
    desk.station = early
    with pytest.raises(Refusal, match="second_person_typed"):
        release_amount(desk.station, batch, place, CHIEF)
    release_amount(desk.station, batch, place, Approval("周主管"))


def test_a_released_amount_is_quoted(desk: Desk, batch: str) -> None:
    release_amount(desk.station, batch, 1, CHIEF)
    assert quote_batch(desk.station, batch).total == Money.of_yuan(str(MUCH + 100))


def test_only_the_amount_is_released(desk: Desk, batch: str) -> None:
    with pytest.raises(Refusal, match="nothing_to_release"):
        release_amount(desk.station, batch, 2, CHIEF)
    pay(desk, batch)
    became = release_amount(desk.station, batch, 1, CHIEF)
    for place, code in ((1, "line_withdrawn"), (became, "line_fixed")):
        with pytest.raises(Refusal, match=code):
            release_amount(desk.station, batch, place, CHIEF)


def test_a_paid_order_that_waits_is_said_to_the_supervisor_with_the_amount(
    desk: Desk, tmp_path: Path
) -> None:
    home = HOMES[0]
    counter = home.purchase_counter
    order = Order("D1", home.account_no, 5600, 20_000, "residential@2026-01-01", counter, "S001")
    with desk.station.store.unit() as unit:
        unit.orders.put([order])
        unit.commit()
    path = tmp_path / "ordered.csv"
    said = (home.account_no, home.name, home.address.door, home.card_no, str(MUCH))
    path.write_text("户号,户主,房号,卡号,金额\n" + ",".join(said) + "\n", encoding="utf-8")
    batch = import_list(desk.station, path)
    assert set(batch.lines[0].reasons) == {"order_waits", "implausible_volume"}
    place = release_amount(desk.station, batch.batch_id, 1, CHIEF)
    line = lines_of(desk.station, batch.batch_id)[place - 1]
    assert (line.verdict, line.reasons) == (Verdict.READY, ("amount_released",))
