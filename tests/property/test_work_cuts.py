"""Every work on a whole card under power cuts: on every chip, and again during what follows.

Issuing and binding, another card in a lost one's place and the taking back of it, clearing, tool
cards. What must hold at the end is said where each is made (`tests/kit/cut_*.py`). A spread of the
cuts, each work's at other places; `./dev soak works` makes every one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from cardstation.domain.tool_book import ToolStatus
from cardstation.domain.topup import Work
from cardstation.errors import CardStationError
from cardstation.services.lose_tool_card import lose_tool_card
from cardstation.services.verify import verify
from drivers.layouts import LAYOUTS
from drivers.layouts.open_tools import TOOL4442, TOOL_LAYOUTS
from drivers.makers import MAKERS
from tests.kit import cut_issue, cut_tool
from tests.kit.cut_lives import CutLab, CutWork
from tests.kit.cut_tool import ToolTown
from tests.kit.cut_works import WORKS
from tests.kit.issuing import newcomer
from tests.kit.power import Cut, Power, PowerCut, When, wired
from tests.kit.station import Desk, card_of
from tests.kit.tooling import SECOND, WHY, every

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

Record = Callable[[str, object], None]
ONCE = 2


@pytest.mark.parametrize("number", range(len(WORKS)), ids=lambda number: str(WORKS[number]))
def test_cut_and_cut_again(folder: Path, record_property: Record, number: int) -> None:
    lab = CutLab(folder, WORKS[number])
    cuts = lab.cuts()
    stride = -(-len(cuts) // ONCE)
    made = cuts[number * 97 % stride :: stride]
    laid = [why for cut in made for why in lab.run(cut)]
    again = lab.cuts(made[-1])
    laid += lab.run(made[-1], again[number * 53 % len(again)])
    counted = {"worlds": len(made) + 1, "laid aside": len(laid)}
    record_property("counted", {f"{what} of whole cards cut": n for what, n in counted.items()})


def test_every_registered_layout_is_cut() -> None:
    assert {one.layout for one in WORKS} == {one.code for one in (*LAYOUTS, *TOOL_LAYOUTS)}


def issued(folder: Path) -> CutLab:
    begin = partial(cut_issue.begun, dialect="acs", rules=MAKERS[0], work=Work.ISSUE)
    return CutLab(folder, CutWork("issue", MAKERS[0].layout, "acs", begin))


def in_its_chip(lab: CutLab) -> Cut:
    """While the card is written, long before it gets its code."""
    power = Power()
    lab.fresh().life(power)
    return Cut(power.names.index("chip") + 20, When.AFTER)


def test_a_card_cut_while_it_gets_its_code_is_the_only_one_laid_aside(folder: Path) -> None:
    """Planted: nobody is told to lay a card aside before its code was touched."""
    lab = issued(folder)
    assert lab.run(in_its_chip(lab)) == []


def test_the_card_of_somebody_else_is_untouched_while_a_work_is_open(folder: Path) -> None:
    lab = issued(folder)
    cut = in_its_chip(lab)
    town = lab.fresh()
    assert isinstance(town, cut_issue.IssueTown)
    town.life(Power(cut))
    mine, other = town.card, replace(newcomer(MAKERS[0]), card_no="88013025000999")
    town.card = wired(card_of(replace(other, account_no="220104000999")), Power())
    before = town.card.image
    assert town.life(Power()) == "not_blank"
    assert town.card.image == before
    town.card = mine
    town.brought_to_its_end()
    town.proven()


def test_a_word_is_said_of_each_loss(folder: Path) -> None:
    """Two lives between the two facts of a loss: it is said once more, and on record once."""
    begin = partial(cut_tool.begun, dialect="acs", layout=TOOL4442, back=True)
    lab = CutLab(folder, CutWork("loss", TOOL4442.code, "acs", begin))
    power = Power()
    lost_under(town_of(lab), power)
    for at in range(len(power.names)):
        for when in (When.BEFORE, When.AFTER, When.LOST):
            town = town_of(lab)
            lost_under(town, Power(Cut(at, when)))
            lost_under(town, Power())
            desk = town.start(Power())
            assert [one.status for one in every(desk)] == [ToolStatus.LOST]
            assert desk.kinds().count("tool_card") == 2
            assert verify(desk.station).ok
            desk.station.store.close()


def town_of(lab: CutLab) -> ToolTown:
    town = lab.fresh()
    assert isinstance(town, ToolTown)
    return town


def lost_under(town: ToolTown, power: Power) -> None:
    desk: Desk | None = None
    try:
        desk = town.start(power)
        lose_tool_card(desk.station, cut_tool.NUMBER, SECOND, WHY)
    except (PowerCut, CardStationError):
        return
    finally:
        if desk is not None:
            desk.station.store.close()
