"""A CPU card with a purse among the cards of a bag, over the real card service."""

from __future__ import annotations

import pytest

from cardstation.settings import save_setting
from drivers.purses.chip import KIND
from drivers.virtual import VirtualCard
from drivers.virtual.purse_card import VirtualPurseCard
from tests.kit.e2e import Desk
from tests.kit.e2e_cards import (
    FEN,
    Person,
    card_file,
    counter_on,
    meter_takes,
    paid_bag,
    people,
    purse,
)

pytestmark = pytest.mark.pcsc


def stands(desk: Desk, one: Person) -> tuple[int, int]:
    """Fen in the purse, and its count, as the card itself has them."""
    chip = VirtualCard.load(card_file(desk, one.card_no)).chip
    assert isinstance(chip, VirtualPurseCard)
    cells = chip.state.of_kind(KIND)
    return cells.balance, cells.online


def test_a_purse_goes_through_with_its_bag_and_its_meter_takes_it(desk: Desk) -> None:
    desk.home.mkdir(parents=True, exist_ok=True)
    save_setting(desk.home, purse_keys="training")
    theirs, others = purse(), people(2)
    batch = paid_bag(desk, [others[0], theirs, others[1]])
    desk.rack("--batch", batch, "--feed", "--pace", "0")
    answer = desk.ask("batch", "run", batch, "--no-papers", "--json")
    assert answer.status == 0, str(answer)
    assert [line["state"] for line in answer.json["lines"]] == ["done"] * 3, str(answer)
    assert stands(desk, theirs) == (FEN, theirs.counter + 1)
    assert [counter_on(desk, one.card_no) for one in others] == [one.counter + 1 for one in others]
    desk.clear_rack()
    assert meter_takes(desk, theirs.card_no) == ("credited", FEN)
    assert stands(desk, theirs) == (0, theirs.counter + 1)
    proof = desk.run("verify")
    assert proof["ok"], proof["disagreements"]
    assert proof["loaded_fen"] == proof["taken_fen"] == 3 * FEN
