"""What a team's laptop says of a bag after it collected it: the photo of the paper they signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from cardstation.domain.batch_life import BatchStep, Stage
from cardstation.domain.custody import Party
from cardstation.ports.ledger import Ledger
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.hear_of_bags import hear_of_bags
from cardstation.services.intent.signed_over import open_items
from cardstation.services.photograph_paper import photograph_paper
from cardstation.services.trace_bag import trace_bag
from cardstation.services.verify import verify
from cardstation.store.frozen import freeze, thaw
from tests.kit.door import DIFFERS, HOMES, Door
from tests.kit.handing import ON_PAPER, SIGNED, go_back, hand
from tests.kit.two_stations import line_of, told, two_stations

UNPHOTOGRAPHED = "paper_to_photograph"
OTHER = b"\x89PNG\r\n\x1a\nanother"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with two_stations(tmp_path, households=HOMES) as (one, other, _):
        yield Door(one, other)
        assert verify(one.station).ok
        assert verify(other.station).ok


@pytest.mark.parametrize("together", [False, True])
def test_the_photo_taken_at_the_laptop_settles_the_desks_case(door: Door, together: bool) -> None:
    door.collect(**ON_PAPER)
    if not together:
        door.hear()
        assert door.codes == [UNPHOTOGRAPHED]
    photograph_paper(door.laptop.station, door.seal, 0, SIGNED)
    for _ in range(2):
        door.hear()
    assert door.codes == []
    last = door.state.timeline[-1]
    assert (last.photo, last.photo_at) == (hashlib.sha256(SIGNED).hexdigest(), "S002")
    assert len(door.state.timeline) == 3, "once"
    with door.desk.station.store.reading() as reading:
        assert reading.steps.signature(last.photo) is None, "the picture stays at the laptop"
    assert trace_bag(door.laptop.station, door.seal).counts[Party.TEAM] == 4


def test_the_laptop_asks_for_the_photo_until_it_has_it(door: Door) -> None:
    door.collect(**ON_PAPER)
    laptop = door.laptop.station
    [case] = exceptions_state(laptop)
    assert (case.code, case.batch_id) == (UNPHOTOGRAPHED, door.seal)
    with laptop.store.reading() as reading:
        [item] = open_items(reading, door.now)
    assert (item.code, item.batch_id) == (UNPHOTOGRAPHED, door.seal)
    photograph_paper(laptop, case.batch_id, int(str(case.values["number"])), SIGNED)
    assert exceptions_state(laptop) == ()
    with laptop.store.reading() as reading:
        assert open_items(reading, door.now) == ()


def test_what_the_desk_has_photographed_itself_stays_as_it_is(door: Door) -> None:
    door.collect(**ON_PAPER)
    door.hear()
    photograph_paper(door.desk.station, door.batch_id, 0, OTHER)
    photograph_paper(door.laptop.station, door.seal, 0, SIGNED)
    before = door.state.timeline
    door.hear()
    assert door.state.timeline == before


def test_a_photo_settles_no_count_that_differs(door: Door) -> None:
    door.hand(Party.MANAGER, Party.TEAM)
    door.collect(3, **ON_PAPER)
    photograph_paper(door.laptop.station, door.seal, 0, SIGNED)
    door.hear()
    assert door.codes == [DIFFERS]
    assert door.state.photos_due


def test_a_picture_that_another_hand_over_has_leaves_the_case_open(door: Door) -> None:
    door.collect(**ON_PAPER)
    door.hear()
    photograph_paper(door.laptop.station, door.seal, 0, SIGNED)
    hand(door.desk.station, door.batch_id, Party.TEAM, Party.DESK, **ON_PAPER)
    last = door.state.timeline[-1].step.seq
    photograph_paper(door.desk.station, door.batch_id, last, SIGNED)
    door.hear()
    assert door.codes == [UNPHOTOGRAPHED]


def test_the_photo_that_came_last_ends_the_batch(door: Door) -> None:
    door.collect(**ON_PAPER)
    door.hear()
    desk = door.desk.station
    door.hand(Party.TEAM, Party.DESK)
    go_back(desk, door.batch_id)
    assert door.state.stage is Stage.RETURNED
    photograph_paper(door.laptop.station, door.seal, 0, SIGNED)
    door.hear()
    assert door.state.stage is Stage.CLOSED


@pytest.mark.parametrize(
    "said", [{"photo": "x"}, {"photo": 7}, {"number": 99}, {"number": []}, {"number": "1"}]
)
def test_what_is_no_photo_is_left_out(door: Door, said: dict[str, object]) -> None:
    door.collect(**ON_PAPER)
    door.hear()
    photograph_paper(door.laptop.station, door.seal, 0, SIGNED)
    told(door.laptop)
    first, second = line_of(door.desk).centre.sealed_hand_overs("S002", door.seal, door.seal)
    step = thaw(BatchStep, second.detail)
    detail = json.dumps(json.loads(step.detail) | said)
    wrong = replace(second, detail=freeze(replace(step, detail=detail)))
    answers = SimpleNamespace(sealed_hand_overs=lambda *_seals: (first, wrong))
    assert hear_of_bags(replace(door.desk.station, ledger=cast("Ledger", answers))) == 0
    assert door.codes == [UNPHOTOGRAPHED]
