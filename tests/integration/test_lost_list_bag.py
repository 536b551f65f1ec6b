"""The bag of a list that was lost with the records: no count alone makes its cards go away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Party, Where, Why
from cardstation.domain.guides import CLOSABLE
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.close_batch import close_batch, hindrance
from cardstation.services.custody_state import CustodyState, custody_state
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.intent.signed_over import open_items
from tests.integration.test_lost_list import OURS, Day
from tests.kit.handing import go_back, hand
from tests.kit.station import card_of
from tests.kit.two_desks import SECOND, proved

COME, GO = (Party.MANAGER, Party.DESK), (Party.DESK, Party.MANAGER)
NOBODY = Explanation(Why.COUNTED_AGAIN, counted=0)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """Three cards came, and each was loaded."""
    with ExitStack() as opened:
        made = Day(tmp_path, opened)
        hand(made.desk.station, made.batch_id, *COME)
        for home in OURS:
            made.desk.load(made.batch_id, card_of(home))
            made.desk.reader.pull()
        yield made


def say(day: Day, why: Why, place: int, by: Approval | None = SECOND) -> CustodyState:
    return explain_card(day.desk.station, day.batch_id, Explanation(why, (place,)), by)


def codes(day: Day) -> list[str]:
    with day.desk.station.store.reading() as reading:
        signed = [
            one.code
            for one in open_items(reading, day.desk.station.clock.now())
            if one.code != "cards_not_back"
        ]
    found = [one.code for one in exceptions_state(day.desk.station)]
    assert signed == found
    return found


def refusal(day: Day) -> str:
    stopped = hindrance(custody_state(day.desk.station, day.batch_id))
    if stopped is None:
        return ""
    with pytest.raises(Refusal) as refused:
        close_batch(day.desk.station, day.batch_id)
    assert refused.value.code == stopped.code
    return stopped.code


def test_no_count_makes_its_loaded_cards_go_away(day: Day) -> None:
    day.restored()
    assert refusal(day) == "cards_not_back"
    explain_card(day.desk.station, day.batch_id, NOBODY)
    assert refusal(day) == "cards_not_back"
    state = custody_state(day.desk.station, day.batch_id).custody
    assert (state.counted[Party.DESK], state.held) == (0, (1, 2, 3))
    assert go_back(day.desk.station, day.batch_id).stage is Stage.CLOSED
    proved(day.desk)


def test_a_lost_load_of_it_is_owed_until_two_people_made_it_good(day: Day) -> None:
    say(day, Why.LOST, 1)
    day.restored()
    explain_card(day.desk.station, day.batch_id, NOBODY)
    assert codes(day) == ["load_on_lost_card"]
    hand(day.desk.station, day.batch_id, *GO)
    assert refusal(day) == "load_on_lost_card"
    say(day, Why.MADE_GOOD, 1)
    assert (codes(day), refusal(day)) == ([CLOSABLE], "")
    assert close_batch(day.desk.station, day.batch_id).stage is Stage.CLOSED


def test_a_refused_load_of_it_is_answered_before_it_ends(day: Day) -> None:
    say(day, Why.REFUSED, 2, None)
    day.restored()
    explain_card(day.desk.station, day.batch_id, NOBODY)
    [case] = exceptions_state(day.desk.station)
    assert (case.code, case.card_no) == ("kept_refused", OURS[1].card_no)
    hand(day.desk.station, day.batch_id, *GO, places=(1, 3))
    assert refusal(day) == "refused_load_open"
    say(day, Why.KEEPS_GAS, 2)
    assert refusal(day) == "cards_kept"
    hand(day.desk.station, day.batch_id, Party.DESK, Party.RESIDENT, places=(2,))
    assert close_batch(day.desk.station, day.batch_id).stage is Stage.CLOSED


def test_a_lost_card_of_it_that_is_found_is_said_by_two(day: Day) -> None:
    """No reader can tell: the row that it stands on is not on file."""
    say(day, Why.LOST, 1)
    day.restored()
    with pytest.raises(Refusal, match="load_on_lost_card"):
        say(day, Why.FOUND, 1, None)
    assert say(day, Why.FOUND, 1).custody.where[1] is Where.DONE
    assert codes(day) == []
    assert go_back(day.desk.station, day.batch_id).stage is Stage.CLOSED


def test_made_good_stays_made_good(day: Day) -> None:
    say(day, Why.LOST, 1)
    say(day, Why.MADE_GOOD, 1)
    day.restored()
    assert codes(day) == []
    say(day, Why.FOUND, 1, None)
    assert codes(day) == ["load_made_good"]
    say(day, Why.DESTROYED, 1)
    assert go_back(day.desk.station, day.batch_id).stage is Stage.CLOSED


def test_cards_of_it_that_were_not_loaded_need_two_people_too(tmp_path: Path) -> None:
    """Of these nobody knows whose they are, only that they came."""
    with ExitStack() as opened:
        day = Day(tmp_path, opened)
        hand(day.desk.station, day.batch_id, *COME)
        day.desk.load(day.batch_id, card_of(OURS[0]))
        day.desk.reader.pull()
        day.restored()
        explain_card(day.desk.station, day.batch_id, Explanation(Why.COUNTED_AGAIN, counted=1))
        hand(day.desk.station, day.batch_id, *GO)
        assert refusal(day) == "cards_not_explained"
        for place in (2, 3):
            for why in (Why.LOST, Why.OTHER_BATCH):
                with pytest.raises(Refusal, match="explanation_needs_two"):
                    say(day, why, place, None)
            say(day, Why.LOST, place)
        assert refusal(day) == "batch_money_open"
