"""A list of which nobody ever collected a card is asked about, so that its names do not stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Why
from cardstation.domain.exception_case import Act, Kind
from cardstation.domain.shift import Approval
from cardstation.services.close_batch import close_batch
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.intent.cases import Case
from cardstation.services.purge_batch import purge_due
from tests.kit.lists import list_row, taken
from tests.kit.station import Desk, neighbours, open_desk

HOMES = neighbours(2)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    yield opened
    opened.station.store.close()


def left(desk: Desk) -> list[Case]:
    return [one for one in exceptions_state(desk.station) if one.code == "list_left_lying"]


def test_after_a_month_it_is_asked_about_and_its_end_removes_its_names(desk: Desk) -> None:
    batch = taken(desk.station, [list_row(one) for one in HOMES]).batch_id
    desk.clock.at += timedelta(days=29)
    assert left(desk) == []
    desk.clock.at += timedelta(days=2)
    [one] = left(desk)
    assert (one.kind, one.batch_id, one.overdue) == (Kind.BAG, batch, False)
    assert one.actions == (Act.EXPLAIN, Act.CLOSE)
    assert one.values == {"days": 31, "n": 0}
    desk.clock.at += timedelta(days=2)
    assert left(desk)[0].overdue
    explain_card(desk.station, batch, Explanation(Why.NEVER_GIVEN, (1, 2)), Approval("chief"))
    assert close_batch(desk.station, batch).stage is Stage.CLOSED
    assert left(desk) == []
    assert purge_due(desk.station, 0) == (batch,)
