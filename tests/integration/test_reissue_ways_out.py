"""What happened around a change of meter or a dead card leaves its household a way to a card."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.volume import Volume
from cardstation.services.sync import sync
from drivers.makers import MAKERS
from tests.kit.reissuing import home_of, meter_of, refused, reissue
from tests.kit.station import card_of
from tests.kit.two_desks import proved
from tests.kit.two_stations import line_of, two_stations

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
