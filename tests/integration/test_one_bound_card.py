"""A household has one bound card: no twin of it is made, and no second one is bound beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.meter import MeterKind
from cardstation.domain.shift import Approval
from cardstation.errors import LinkFailed
from cardstation.services.intent import whole_card
from cardstation.services.lay_aside import lay_aside
from cardstation.services.sync import sync
from drivers.makers import MAKERS
from tests.kit.issuing import blank, desk_for, issue, meter_for, newcomer, stopped_by

SECOND = Approval("supervisor")
CODED, OPEN = "CS01", "CS24"
RULES = {one.code: one for one in MAKERS if one.training and MeterKind.VOLUME in one.kinds}


def unplugged(*_: object) -> None:
    raise LinkFailed("link_failed")


@pytest.mark.parametrize("maker", [CODED, OPEN])
def test_a_bind_is_finished_on_its_own_card_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maker: str
) -> None:
    """A twin would prove of a load on the other one that it never was: gas and money both."""
    rules = RULES[maker]
    home = newcomer(rules)
    desk, card, other = desk_for(tmp_path, home, rules), blank(rules), blank(rules)
    issue(desk, card, home, maker)
    meter_for(home, rules).take(card)
    with monkeypatch.context() as cut:
        cut.setattr(whole_card, "prove_code", unplugged)
        assert stopped_by(desk, card, home, maker) == "card_work_unknown"
    before = {name: bytes(kept) for name, kept in other.chip.memories.items()}
    assert stopped_by(desk, other, home, maker) == "not_blank"
    after = {name: bytes(kept) for name, kept in other.chip.memories.items()}
    assert after == before, "no try of its code was spent, either"
    assert stopped_by(desk, card, home, maker) == ""
    desk.station.store.close()


def test_a_card_that_was_laid_aside_is_not_bound_beside_the_one_in_its_place(
    tmp_path: Path,
) -> None:
    rules = RULES[CODED]
    home = newcomer(rules)
    desk, lost, card = desk_for(tmp_path, home, rules), blank(rules), blank(rules)
    issue(desk, lost, home, CODED)
    sync(desk.station)
    lay_aside(desk.station, home.account_no, SECOND, "lost on its way")
    sync(desk.station)
    issue(desk, card, home, CODED)
    meter = meter_for(home, rules)
    for one in (card, lost):
        meter.take(one)
    assert stopped_by(desk, lost, home, CODED) == "card_issued_already"
    assert stopped_by(desk, card, home, CODED) == ""
    desk.sell(card, "100")
    assert meter.take(card).written
    assert stopped_by(desk, lost, home, CODED) == "card_issued_already"
    desk.station.store.close()
