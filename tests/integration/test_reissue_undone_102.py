"""A new card whose chip keeps its number for ever is taken back: it is nobody's, and cut in two."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.papers.card_slip import card_slip
from cardstation.services.cancel_reissue import cancel_reissue
from cardstation.services.clear_card import give_up_clearing
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import Tear, VirtualCard
from drivers.virtual.meter import VirtualMeter
from tests.kit.papers import pdftotext
from tests.kit.reissuing import (
    SECOND,
    WHY,
    cancelled,
    desk_at,
    home_of,
    live_generation,
    meter_of,
    not_reissued,
    reissue,
)
from tests.kit.station import Desk, card_of, layout_of, nobody

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

RULES = next(one for one in MAKERS if one.layout == "open102")
HOME = home_of(RULES)
LAYOUT = layout_of(RULES)


def replaced(folder: Path) -> tuple[Desk, VirtualCard, VirtualCard, VirtualMeter]:
    """A desk, the old card with a load its meter has not taken, the new one, and the meter."""
    desk, old = desk_at(folder, HOME, RULES), card_of(HOME, RULES)
    meter = meter_of(old, RULES)
    desk.sell(old)
    desk.reader.pull()
    return desk, old, reissue(desk, HOME, rules=RULES), meter


def test_its_slip_says_that_it_is_cut_in_two(folder: Path) -> None:
    desk, _, new, _ = replaced(folder)
    desk.reader.insert(new)
    presence = desk.reader.wait_card(0)
    assert presence is not None
    slip = cancel_reissue(desk.station, desk.reader, presence, SECOND, WHY, nobody)
    assert slip.spent
    text = pdftotext(card_slip(slip, "zh_CN"))
    assert "请剪断" in text.replace("\n", "")
    desk.reader.pull()
    closed(desk)


def closed(desk: Desk) -> None:
    assert verify(desk.station).ok
    desk.station.store.close()


def test_the_new_card_is_nobodys_and_the_old_one_holds_again(folder: Path) -> None:
    desk, old, new, meter = replaced(folder)
    assert cancelled(desk, new) == ""
    assert live_generation(desk) == 0
    assert not LAYOUT.recognises(new.image)
    assert not LAYOUT.is_blank(new.image)
    assert meter.take(new).error
    assert cancelled(desk, new) == "foreign_card"
    assert not_reissued(desk, HOME, card=new, rules=RULES) == "not_blank"
    assert meter.take(old).credited
    desk.sell(old, "50")
    desk.reader.pull()
    assert meter.take(old).credited
    closed(desk)


def test_pulled_at_any_step_it_is_finished(folder: Path) -> None:
    desk, _, new, _ = replaced(folder / "whole")
    new.chip.arm(None)
    assert cancelled(desk, new) == ""
    steps = new.chip.steps
    closed(desk)
    for step in range(steps):
        desk, old, new, meter = replaced(folder / str(step))
        new.chip.arm(Tear(step))
        assert cancelled(desk, new) == "card_clear_unknown", step
        new.chip.arm(None)
        assert cancelled(desk, new) == "", step
        assert not LAYOUT.recognises(new.image)
        assert meter.take(old).credited
        closed(desk)


def test_one_that_is_gone_meanwhile_is_given_up_and_another_is_made(folder: Path) -> None:
    desk, _, new, meter = replaced(folder)
    new.chip.arm(Tear(0))
    assert cancelled(desk, new) == "card_clear_unknown"
    give_up_clearing(desk.station, HOME.account_no, SECOND, "it was thrown away by mistake")
    third = reissue(desk, HOME, rules=RULES)
    assert LAYOUT.decode(third.image).identity.generation == 2
    assert meter.take(third).credited
    closed(desk)
