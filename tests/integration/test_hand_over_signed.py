"""No hand-over is recorded that was not counted, named and signed; a paper needs its photo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Party, Why
from cardstation.errors import Refusal
from cardstation.services.close_batch import close_batch
from cardstation.services.custody_state import CustodyState, custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.hand_over import HandOverRequest, hand_over
from cardstation.services.intent.signed_over import open_items
from cardstation.services.photograph_paper import photograph_paper
from cardstation.services.verify import verify
from tests.integration.test_custody import HOMES, Bag
from tests.kit.handing import ON_PAPER, SIGNED, counted, go_back, hand
from tests.kit.station import line, put_batch

PHOTO = b"\xff\xd8\xff" + b"a photo of the signed slip"
OTHER = PHOTO + b" of another day"


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Bag]:
    made = Bag(tmp_path)
    yield made
    made.station.store.close()


def state_of(bag: Bag) -> CustodyState:
    return custody_state(bag.station, bag.batch_id)


def papers(bag: Bag) -> list[int]:
    return [one.step.seq for one in state_of(bag).timeline if one.photo_due]


@pytest.mark.parametrize(
    ("giver", "taker", "lacks", "code", "party"),
    [
        (Party.MANAGER, Party.TEAM, {"given_by": ""}, "name_missing", "manager"),
        (Party.MANAGER, Party.TEAM, {"taken_by": " "}, "name_missing", "team"),
        (Party.MANAGER, Party.TEAM, {"given_picture": b""}, "signature_missing", "manager"),
        (Party.MANAGER, Party.TEAM, {"taken_picture": b""}, "signature_missing", "team"),
        (Party.MANAGER, Party.DESK, {"given_by": ""}, "name_missing", "manager"),
        (Party.MANAGER, Party.DESK, {"given_picture": b""}, "signature_missing", "manager"),
        (Party.DESK, Party.MANAGER, {"taken_by": ""}, "name_missing", "manager"),
        (Party.DESK, Party.TEAM, {"taken_picture": b""}, "signature_missing", "team"),
    ],
)
def test_nobody_hands_over_unnamed_or_unsigned(
    bag: Bag, giver: Party, taker: Party, lacks: dict[str, Any], code: str, party: str
) -> None:
    if giver is Party.DESK:
        hand(bag.station, bag.batch_id, Party.MANAGER, Party.DESK)
    before = bag.steps()
    asked = counted(state_of(bag), giver, taker, **lacks)
    with pytest.raises(Refusal) as refused:
        hand_over(bag.station, bag.batch_id, asked)
    assert (refused.value.code, refused.value.values["party"]) == (code, party)
    assert bag.steps() == before


def test_a_household_signs_for_its_own_card(bag: Bag) -> None:
    hand(bag.station, bag.batch_id, Party.MANAGER, Party.DESK)
    for lacks in ({"taken_by": ""}, {"taken_picture": b""}):
        asked = counted(state_of(bag), Party.DESK, Party.RESIDENT, places=(1,), **lacks)
        with pytest.raises(Refusal, match="missing"):
            hand_over(bag.station, bag.batch_id, asked)


def test_the_desk_is_the_clerk_on_duty(bag: Bag) -> None:
    asked = HandOverRequest(Party.MANAGER, Party.DESK, 4, given_by="陈国栋", given_picture=SIGNED)
    [came] = hand_over(bag.station, bag.batch_id, asked).timeline
    assert (came.given_by, came.taken_by) == ("陈国栋", came.step.clerk)
    assert came.step.clerk


def test_a_count_is_said_and_no_other_is_taken_in_its_place(bag: Bag) -> None:
    state = hand(bag.station, bag.batch_id, Party.MANAGER, Party.DESK, arrived=3)
    assert state.custody.short == 1
    with pytest.raises(TypeError):
        HandOverRequest(Party.MANAGER, Party.DESK)  # type: ignore[call-arg]  # the point


def test_a_paper_without_its_photo_keeps_the_batch_open(bag: Bag) -> None:
    bag.pay(4)
    hand(bag.station, bag.batch_id, Party.MANAGER, Party.DESK, **ON_PAPER)
    assert len(papers(bag)) == 1
    bag.run(1, 2, 3, 4)
    bag.later()
    assert go_back(bag.station, bag.batch_id, **ON_PAPER).stage is Stage.RETURNED
    came, went = papers(bag)
    cases = [one for one in exceptions_state(bag.station) if one.code == "paper_to_photograph"]
    assert [one.values["number"] for one in cases] == [came, went]
    with bag.station.store.reading() as reading:
        items = [one.code for one in open_items(reading, bag.station.clock.now())]
    assert items == ["paper_to_photograph"] * 2
    with pytest.raises(Refusal, match="paper_to_photograph") as refused:
        close_batch(bag.station, bag.batch_id)
    assert refused.value.values["n"] == 2
    state = photograph_paper(bag.station, bag.batch_id, came, PHOTO)
    assert papers(bag) == [went]
    with bag.station.store.reading() as reading:
        assert reading.steps.signature(state.timeline[-1].photo) == PHOTO
    with pytest.raises(Refusal, match="photo_used") as used:
        photograph_paper(bag.station, bag.batch_id, 0, PHOTO)
    assert used.value.values == {"batch_id": bag.batch_id, "number": came}
    assert papers(bag) == [went]
    assert photograph_paper(bag.station, bag.batch_id, 0, OTHER).stage is Stage.CLOSED
    assert (papers(bag), exceptions_state(bag.station)) == ([], ())
    assert verify(bag.station).ok


def test_a_photo_belongs_to_a_paper_that_waits_for_one(bag: Bag) -> None:
    hand(bag.station, bag.batch_id, Party.MANAGER, Party.TEAM)
    signed = state_of(bag).timeline[-1].step.seq
    for number in (0, signed, 9999):
        with pytest.raises(Refusal, match="no_paper_to_photograph"):
            photograph_paper(bag.station, bag.batch_id, number, PHOTO)
    hand(bag.station, bag.batch_id, Party.TEAM, Party.DESK, **ON_PAPER)
    for picture in (b"", b"GIF89a"):
        with pytest.raises(Refusal, match="signature_not_picture"):
            photograph_paper(bag.station, bag.batch_id, 0, picture)
    [number] = papers(bag)
    photograph_paper(bag.station, bag.batch_id, number, PHOTO)
    with pytest.raises(Refusal, match="no_paper_to_photograph"):
        photograph_paper(bag.station, bag.batch_id, number, PHOTO)
    with pytest.raises(Refusal, match="unknown_batch"):
        photograph_paper(bag.station, "2026-11-24-77", 0, PHOTO)


def test_one_signs_on_the_pad_and_the_other_on_paper(bag: Bag) -> None:
    hand(
        bag.station,
        bag.batch_id,
        *(Party.MANAGER, Party.TEAM),
        taken_picture=b"",
        on_paper=True,
    )
    assert len(papers(bag)) == 1
    bag.explain(Why.NEVER_GIVEN, 1)
    assert len(papers(bag)) == 1, "an explanation photographs nothing"


def test_the_photo_of_one_bag_is_none_of_another_bag(bag: Bag) -> None:
    other = put_batch(bag.desk, [line(HOMES[0], 1)], "2026-11-24-02")
    for batch_id in (bag.batch_id, other):
        hand(bag.station, batch_id, Party.MANAGER, Party.DESK, **ON_PAPER)
    photograph_paper(bag.station, bag.batch_id, 0, PHOTO)
    with pytest.raises(Refusal, match="photo_used"):
        photograph_paper(bag.station, other, 0, PHOTO)
    assert custody_state(bag.station, other).photos_due
