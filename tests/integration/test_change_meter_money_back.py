"""Money for a load of a meter that was taken down: not where its last reading counts the load."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.meter import CounterSchool, MakerRules
from cardstation.domain.volume import Volume
from cardstation.services.cancel_meter_change import cancel_meter_change
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from tests.integration.test_change_meter import reading, record
from tests.kit.changing import SECOND, WHY, customer
from tests.kit.issuing import desk_for
from tests.kit.reissuing import taken_back
from tests.kit.station import Desk, card_of

pytest_plugins = ("tests.kit.fast_disk",)
SCHOOLS = pytest.mark.parametrize("rules", MAKERS[:4], ids=lambda rules: rules.school.value)


def sold(home: Path, rules: MakerRules, counted: int) -> tuple[Desk, VirtualCard]:
    """A load is on the card as its meter is replaced, and the fitter read so many purchases."""
    household = customer(rules)
    desk, card = desk_for(home, household, rules), card_of(household, rules)
    desk.sell(card, "100")
    desk.reader.pull()
    record(desk, household, reading(Volume(32_000), counted))
    return desk, card


@SCHOOLS
def test_what_the_reading_of_the_old_meter_counts_is_not_paid_back(
    tmp_path: Path, rules: MakerRules
) -> None:
    desk, card = sold(tmp_path, rules, counted=51)
    counts = rules.school is not CounterSchool.NONE
    stop = "meter_counts_it" if counts else "meter_may_have_taken"
    assert taken_back(desk, card, "HB-117") == stop
    assert taken_back(desk, card, "photo 8") == ("meter_counts_it" if counts else "")
    desk.station.store.close()


@SCHOOLS
def test_what_it_does_not_count_is_paid_back(tmp_path: Path, rules: MakerRules) -> None:
    desk, card = sold(tmp_path, rules, counted=50)
    assert taken_back(desk, card, "photo 8") == ""
    desk.station.store.close()


def test_a_change_that_was_cancelled_says_nothing(tmp_path: Path) -> None:
    desk, card = sold(tmp_path, MAKERS[0], counted=51)
    cancel_meter_change(desk.station, customer().account_no, SECOND, WHY)
    assert taken_back(desk, card, "photo 8") == ""
    desk.station.store.close()
