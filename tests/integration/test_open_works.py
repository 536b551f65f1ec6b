"""A work that is open: other desks, other cards and other meters beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.household import Household
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Work
from cardstation.domain.transitions import TopUpState
from cardstation.errors import LinkFailed, Refusal
from cardstation.services.intent import whole_card
from cardstation.services.lay_aside import lay_aside
from cardstation.services.resolve import resolve_card
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.layouts import LAYOUTS
from drivers.makers import MAKERS
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.issuing import blank, desk_for, issue, meter_for, newcomer, stopped_by
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import Desk, open_desk

SECOND = Approval("supervisor")
WHY = "it opens no more, and is cut in two"
RULES = MAKERS[0]
WITHOUT_CODE = next(one for one in MAKERS if one.layout == "open24c02")
NAMED_AT_ONCE = next(one for one in MAKERS if one.layout == "open102")


def unplugged(*_: object) -> None:
    raise LinkFailed("link_failed")


@contextmanager
def no_proof() -> Iterator[None]:
    """The card is whole, and its seal is lost."""
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(whole_card, "prove_code", unplugged)
        yield


def desk_beside(desk: Desk, folder: Path, home: Household) -> Desk:
    line = MemoryLedger("S002", desk.ledger.centre)
    other = open_desk(folder, households=[home], ledger=line)
    other.station = replace(other.station, name="S002", number=2)
    return other


def begun(desk: Desk) -> list[tuple[str, TopUpState]]:
    with desk.station.store.reading() as reading:
        ours = reading.topups.every()
    return [(one.reference, one.state) for one in ours if one.direction == "work"]


def replaced(desk: Desk, home: Household, meter_no: str = "QM1799609999") -> Household:
    """A directory comes in: its meter was replaced."""
    new = replace(home, meter=replace(home.meter, meter_no=meter_no))
    with desk.station.store.unit() as unit:
        unit.households.update(new)
        unit.commit()
    return new


def half_bound(tmp_path: Path) -> tuple[Desk, Household, VirtualMeter, VirtualCard]:
    """A desk whose bind of a card was cut once the card was whole."""
    home = newcomer(RULES)
    desk, card = desk_for(tmp_path / "one", home), blank()
    meter = meter_for(home, RULES)
    issue(desk, card, home)
    meter.take(card)
    sync(desk.station)
    with no_proof():
        assert stopped_by(desk, card, home) == "card_work_unknown"
    sync(desk.station)
    return desk, home, meter, card


def test_an_open_bind_is_let_go_alone_once_its_card_was_sold_to_elsewhere(tmp_path: Path) -> None:
    desk, home, meter, card = half_bound(tmp_path)
    other = desk_beside(desk, tmp_path / "two", home)
    other.sell(card, "100")
    sync(other.station)
    meter.take(card)
    assert stopped_by(desk, card, home) == "not_blank"
    with pytest.raises(Refusal, match="card_work_open"):
        desk.sell(card, "100")
    lay_aside(desk.station, home.account_no, SECOND, "it was sold to at the desk next door")
    assert begun(desk) == [(Work.ISSUE, TopUpState.SEALED), (Work.BIND, TopUpState.VOIDED)]
    desk.sell(card, "100")
    assert stopped_by(desk, blank(), home) == "card_issued_already"
    for one in (desk, other):
        sync(one.station)
        assert verify(one.station).ok
        one.station.store.close()


def test_an_open_bind_is_let_go_alone_where_another_card_of_its_household_is_sold_to(
    tmp_path: Path,
) -> None:
    desk, home, meter, _broken = half_bound(tmp_path)
    desk.ledger.centre.of_card.clear()  # both desks were without a line while they issued
    other, card = desk_beside(desk, tmp_path / "two", home), blank()
    issue(other, card, home)
    meter.take(card)
    issue(other, card, home)
    other.sell(card, "100")
    sync(other.station)
    with pytest.raises(Refusal, match="card_work_open"):
        desk.sell(card, "100")
    lay_aside(desk.station, home.account_no, SECOND, WHY)
    assert begun(desk)[-1] == (Work.BIND, TopUpState.VOIDED)
    meter.take(card)
    desk.sell(card, "100")
    assert verify(desk.station).ok
    for one in (desk, other):
        one.station.store.close()


def test_no_second_card_is_issued_online_while_the_first_is_cut(tmp_path: Path) -> None:
    home = newcomer(RULES)
    desk, card = desk_for(tmp_path / "one", home), blank()
    card.chip.arm(Tear(40))
    assert stopped_by(desk, card, home) == "card_work_unknown"
    card.chip.arm(None)
    sync(desk.station)
    other = desk_beside(desk, tmp_path / "two", home)
    assert stopped_by(other, blank(), home) == "card_issued_already"
    assert stopped_by(desk, card, home) == "", "the first goes on: what is told is its own work"
    for one in (desk, other):
        one.station.store.close()


def test_what_was_laid_aside_here_keeps_nobody_waiting_for_the_ledger(tmp_path: Path) -> None:
    home = newcomer(RULES)
    desk, card = desk_for(tmp_path, home), blank()
    card.chip.arm(Tear(40))
    assert stopped_by(desk, card, home) == "card_work_unknown"
    sync(desk.station)
    lay_aside(desk.station, home.account_no, SECOND, WHY)
    assert stopped_by(desk, blank(), home) == ""
    desk.station.store.close()


def test_a_torn_card_that_is_bound_is_no_blank_for_the_neighbour(tmp_path: Path) -> None:
    home = newcomer(WITHOUT_CODE)
    neighbour = replace(home, account_no="220104000999", card_no="88013025000999")
    blanks = 0
    for tear in range(1, 12):
        desk, card = desk_for(tmp_path / str(tear), home, WITHOUT_CODE), blank(WITHOUT_CODE)
        with desk.station.store.unit() as unit:
            unit.households.put([home, neighbour])
            unit.commit()
        issue(desk, card, home, WITHOUT_CODE.code)
        meter_for(home, WITHOUT_CODE).take(card)
        card.chip.arm(Tear(tear))
        assert stopped_by(desk, card, home, WITHOUT_CODE.code) == "card_work_unknown"
        card.chip.arm(None)
        layout = next(one for one in LAYOUTS if one.code == WITHOUT_CODE.layout)
        blanks += layout.is_blank(card.image)
        torn = card.image
        assert stopped_by(desk, card, neighbour, WITHOUT_CODE.code) == "not_blank", tear
        assert card.image == torn
        assert stopped_by(desk, blank(WITHOUT_CODE), neighbour, WITHOUT_CODE.code) == ""
        assert stopped_by(desk, card, home, WITHOUT_CODE.code) == ""
        desk.station.store.close()
    assert blanks, "some tears leave what the layout calls blank"


def test_no_card_is_bound_to_a_meter_that_was_replaced_meanwhile(tmp_path: Path) -> None:
    home = newcomer(RULES)
    desk, card = desk_for(tmp_path, home), blank()
    issue(desk, card, home)
    meter_for(home, RULES).take(card)
    card.chip.arm(Tear(20))
    assert stopped_by(desk, card, home) == "card_work_unknown"
    card.chip.arm(None)
    new = replaced(desk, home)
    torn = card.image
    assert stopped_by(desk, card, home) == "meter_replaced_meanwhile"
    assert card.image == torn
    lay_aside(desk.station, home.account_no, SECOND, "its meter was replaced")
    assert [state for _, state in begun(desk)] == [TopUpState.VOIDED] * 2
    fresh = blank()
    issue(desk, fresh, home)
    meter_for(new, RULES).take(fresh)
    assert issue(desk, fresh, home).meter_no == new.meter.meter_no
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_sale_makes_no_card_nor_is_one_made_for_a_replaced_meter(
    tmp_path: Path,
) -> None:
    """A card that names its meter from the first is known while it is only begun."""
    home = newcomer(NAMED_AT_ONCE)
    desk, card = desk_for(tmp_path, home, NAMED_AT_ONCE), blank(NAMED_AT_ONCE)
    issue(desk, card, home, NAMED_AT_ONCE.code)
    meter_for(home, NAMED_AT_ONCE).take(card)
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(whole_card, "write_whole", unplugged)
        assert stopped_by(desk, card, home, NAMED_AT_ONCE.code) == "card_work_unknown"
    replaced(desk, home)
    before = card.image
    inserted = desk.insert(card)
    with pytest.raises(Refusal, match="card_work_open"):
        resolve_card(desk.station, inserted)
    inserted.close()
    assert stopped_by(desk, card, home, NAMED_AT_ONCE.code) == "meter_replaced_meanwhile"
    assert card.image == before
    desk.station.store.close()
