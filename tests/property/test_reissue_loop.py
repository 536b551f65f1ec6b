"""A card is lost, and another is made in its place: the meter takes what was sold, and no more.

Every maker and kind of meter; the lost card stays away, or turns up before or after the new one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.services.intent.lost_card import MeterRead
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual.meter import MeterVerdict
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.meter_rules import number_of
from tests.kit.reissuing import desk_at, home_of, meter_of, refused, reissue
from tests.kit.station import card_of

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

CASES = [(rules, kind) for rules in MAKERS if rules.training for kind in sorted(rules.kinds)]
COUNTED = [case for case in CASES if case[0].school is not CounterSchool.NONE]
UNCOUNTED = [case for case in CASES if case not in COUNTED]


def named(case: tuple[MakerRules, MeterKind]) -> str:
    return f"{case[0].code}-{case[1]}"


def gas(*taken: MeterVerdict) -> int:
    return sum(number_of(one.credited) for one in taken)


@pytest.mark.parametrize("case", COUNTED, ids=named)
@pytest.mark.parametrize("found", ["never", "before", "after", "taken"])
def test_a_counted_load_is_taken_once(
    tmp_path: Path, case: tuple[MakerRules, MeterKind], found: str
) -> None:
    rules, kind = case
    home = home_of(rules, kind)
    desk, old = desk_at(tmp_path, home, rules), card_of(home, rules)
    meter = meter_of(old, rules)
    sold = desk.sell(old)
    lot = number_of(sold.volume or sold.gas)
    desk.reader.pull()
    took = [meter.take(old)] if found == "taken" else []
    new = reissue(desk, home, rules=rules)
    assert refused(desk, old) == "old_card"
    assert refused(desk, new).startswith("load_still_on_card")
    if found == "before":
        took.append(meter.take(old))
    took.append(meter.take(new))
    assert took[-1].written
    if found == "after":
        last = meter.take(old)
        assert (last.error, gas(last)) == (MeterError.OLD_GENERATION, 0)
    assert gas(*took) == lot
    again = desk.sell(new)
    desk.reader.pull()
    assert gas(meter.take(new)) == number_of(again.volume or again.gas)
    assert meter.take(old).error == MeterError.OLD_GENERATION
    proof = verify(desk.station)
    assert proof.ok, proof.disagreements
    desk.station.store.close()


@pytest.mark.parametrize("case", UNCOUNTED, ids=named)
@pytest.mark.parametrize("read", [False, True])
def test_a_load_that_no_meter_counts_comes_again_only_upon_a_reading(
    tmp_path: Path, case: tuple[MakerRules, MeterKind], read: bool
) -> None:
    rules, kind = case
    home = home_of(rules, kind)
    desk, old = desk_at(tmp_path, home, rules), card_of(home, rules)
    meter = meter_of(old, rules)
    sold = desk.sell(old)
    desk.reader.pull()
    took = [] if read else [meter.take(old)]
    new = reissue(desk, home, rules=rules, meter=MeterRead("photo 7") if read else None)
    took.append(meter.take(new))
    assert gas(*took) == number_of(sold.volume or sold.gas)
    assert gas(meter.take(old)) == 0
    assert not refused(desk, new)
    assert verify(desk.station).ok
    desk.station.store.close()
