"""What happened around a change of meter or a dead card leaves its household a way to a card."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.meter import MakerRules
from cardstation.domain.volume import Volume
from cardstation.services.cancel_meter_change import cancel_meter_change
from cardstation.services.sync import sync
from drivers.makers import MAKERS
from tests.integration.test_change_meter import load, reading, record
from tests.kit.changing import change, not_changed
from tests.kit.reissuing import SECOND, WHY, home_of, meter_of, refused, reissue, taken_back
from tests.kit.station import card_of
from tests.kit.two_desks import proved
from tests.kit.two_stations import line_of, told, two_stations

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

RULES = MAKERS[0]
HOME = home_of(RULES)


def test_a_load_on_a_dead_card_holds_up_no_new_card(tmp_path: Path) -> None:
    """Two loads have one count: the next card carries that of the newest one."""
    with two_stations(tmp_path, households=[HOME]) as (here, there, centre):
        old = card_of(HOME)
        meter = meter_of(old, RULES)
        new = reissue(there, HOME)
        meter.take(new)
        assert refused(there, new, "50") == ""
        line_of(here).down = True
        assert refused(here, old, "60") == ""
        line_of(here).down = False
        sync(here.station)
        third = reissue(there, HOME)
        assert meter.take(third).credited == Volume(14_000)
        assert not meter.take(old).credited
        assert [one.code for one in centre.chains["S001"].exceptions] == ["loaded_on_old_card"]
        proved(here, there)


@pytest.mark.parametrize("was_loaded", [False, True])
@pytest.mark.parametrize("rules", MAKERS[:4], ids=lambda rules: rules.school.value)
def test_a_card_lost_while_it_named_a_meter_that_never_came_is_replaced(
    tmp_path: Path, rules: MakerRules, was_loaded: bool
) -> None:
    """The change was taken back, and its card is lost before it was written back."""
    home = home_of(rules)
    with two_stations(tmp_path, households=[home]) as (here, there, _):
        card = card_of(home, rules)
        meter = meter_of(card, rules)
        assert refused(here, card, "60") == ""
        assert meter.take(card).credited
        record(here, home, reading(Volume(5_000), meter.state.purchase_counter))
        change(here, card, home)
        if was_loaded:
            load(here, card)
            assert taken_back(here, card) == ""
        cancel_meter_change(here.station, home.account_no, SECOND, WHY)
        new = reissue(here, home, rules=rules)
        assert not meter.take(new).credited
        assert refused(here, new, "60") == ""
        assert meter.take(new).credited
        assert not meter.take(card).credited
        sync(here.station)
        proved(here, there)


def test_a_card_that_another_desk_replaced_is_not_written_for_the_new_meter(tmp_path: Path) -> None:
    """It would open the meter and be dead at every desk; only the ledger knows."""
    with two_stations(tmp_path, households=[HOME]) as (here, there, _):
        lost = card_of(HOME)
        meter = meter_of(lost, RULES)
        assert refused(there, lost, "60") == ""
        meter.take(lost)
        told(here, there)
        record(here, HOME, reading(Volume(0), meter.state.purchase_counter))
        new = reissue(there, HOME)
        line_of(here).down = True
        assert not_changed(here, lost, HOME) == "change_needs_ledger"
        line_of(here).down = False
        assert not_changed(here, lost, HOME) == "old_card"
        here.reader.pull()
        change(here, new, HOME)
        proved(here, there)
