"""A card that comes late: while its run is on nothing closes, and what is closed loads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Party, Why
from cardstation.domain.guides import CLOSABLE, NOT_ENDED
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step
from cardstation.errors import Refusal
from cardstation.services.close_batch import close_batch
from cardstation.services.custody_state import custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.load_line import load_line
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.run_batch import finish_batch, pause_batch, start_batch
from tests.integration.test_load_line import HOMES, Bag
from tests.kit.handing import go_back, hand
from tests.kit.station import line, put_batch
from tests.kit.two_desks import with_card

CHIEF = Approval("chief")


class Late(Bag):
    """The bag is back, and of the paid order's card was said that it never came."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.pay(15_000)
        hand(self.desk.station, self.batch_id, Party.MANAGER, Party.DESK, missing=(3,))
        for card in self.cards[:2]:
            self.load(card)
        go_back(self.desk.station, self.batch_id)
        told = Explanation(Why.NEVER_GIVEN, (3,))
        explain_card(self.desk.station, self.batch_id, told, CHIEF)

    @property
    def stage(self) -> Stage:
        return custody_state(self.desk.station, self.batch_id).stage

    def asked(self) -> list[str]:
        return [one.code for one in exceptions_state(self.desk.station)]

    def close(self) -> None:
        close_batch(self.desk.station, self.batch_id)


@pytest.fixture
def bag(tmp_path: Path) -> Iterator[Late]:
    opened = Late(tmp_path)
    yield opened
    opened.desk.station.store.close()


def test_nothing_closes_while_its_run_is_on(bag: Late) -> None:
    assert (bag.stage, CLOSABLE in bag.asked()) == (Stage.RETURNED, True)
    start_batch(bag.desk.station, bag.batch_id)
    assert (bag.stage, CLOSABLE in bag.asked()) == (Stage.RUNNING, False)
    with pytest.raises(Refusal, match="batch_still_run"):
        bag.close()
    assert bag.load(bag.cards[2]) is LineState.DONE
    assert finish_batch(bag.desk.station, bag.batch_id)
    assert go_back(bag.desk.station, bag.batch_id).stage is Stage.CLOSED


def test_a_paused_run_is_not_offered_and_closes_where_a_person_says_so(bag: Late) -> None:
    start_batch(bag.desk.station, bag.batch_id)
    pause_batch(bag.desk.station, bag.batch_id)
    assert CLOSABLE not in bag.asked()
    bag.desk.clock.at += timedelta(days=8)
    assert NOT_ENDED in bag.asked()
    bag.close()
    assert bag.stage is Stage.CLOSED


def test_a_closed_batch_loads_no_card_and_the_counter_does(bag: Late) -> None:
    bag.close()
    assert bag.stopped(bag.cards[2]) == "batch_closed_already"
    assert bag.states() == ["done", "done", "waiting"]
    with_card(bag.desk, bag.cards[2], load_prepaid, None, lambda _: None)
    assert bag.stage is Stage.CLOSED


def test_closed_between_the_look_and_the_commit_nothing_is_begun(bag: Late) -> None:
    before = bag.cards[2].image

    def close(step: Step) -> None:
        if step is Step.PAY:
            bag.close()

    with pytest.raises(Refusal, match="batch_closed_already"):
        with_card(
            bag.desk, bag.cards[2], lambda desk, card: load_line(desk, bag.batch_id, card, close)
        )
    assert (bag.cards[2].image, bag.states()[2]) == (before, "waiting")


def test_a_row_nobody_paid_for_says_that_its_batch_is_closed(bag: Late) -> None:
    bag.batch_id = put_batch(bag.desk, [line(HOMES[3], 4)], "2026-11-24-07")
    told = Explanation(Why.NEVER_GIVEN, (1,))
    explain_card(bag.desk.station, bag.batch_id, told, CHIEF)
    bag.close()
    assert bag.stopped(bag.cards[3]) == "batch_closed_already"
    assert bag.states() == ["unfunded"]
