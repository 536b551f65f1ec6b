"""Any run of lists, decisions and payments on a real store: what is paid stays, books agree."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cardstation.domain.batch import Verdict
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.errors import Refusal
from cardstation.services.batch_state import batch_state
from cardstation.services.leave_out import leave_out
from cardstation.services.lists.changing import fixed_places
from cardstation.services.pay_batch import pay_batch
from cardstation.services.reopen_line import reopen_line
from cardstation.services.revise_list import revise_list
from cardstation.services.settle_line import settle_line
from cardstation.services.station import Station
from cardstation.services.verify import verify
from tests.kit.lists import lines_of, list_row, made_list, taken
from tests.kit.station import neighbours, open_desk

HOMES = neighbours(4)
ROW = st.tuples(st.integers(0, 3), st.sampled_from(["100", "50", "一百五", ""]))
LIST = st.lists(ROW, min_size=1, max_size=5)
ACT = st.one_of(
    st.tuples(st.just("revise"), LIST),
    st.tuples(st.just("pay"), st.sampled_from([5_000, 10_000, 20_000])),
    st.tuples(st.just("settle"), st.integers(1, 9), st.integers(0, 3)),
    st.tuples(st.just("leave"), st.integers(1, 9)),
    st.tuples(st.just("reopen"), st.integers(1, 9)),
)


def rows(wanted: list[tuple[int, str]]) -> list[object]:
    return [list_row(HOMES[home], yuan) for home, yuan in wanted]


def act(station: Station, batch_id: str, done: tuple[object, ...]) -> None:
    match done:
        case ("revise", list() as wanted):
            revise_list(station, batch_id, made_list(rows(wanted)))  # type: ignore[arg-type]
        case ("pay", int() as fen):
            pay_batch(station, batch_id, tender=Tender.CASH, money=Money(fen))
        case ("settle", int() as place, int() as home):
            settle_line(station, batch_id, place, HOMES[home].account_no, Money(7_000))
        case ("leave", int() as place):
            leave_out(station, batch_id, place, "unclear")
        case ("reopen", int() as place):
            reopen_line(station, batch_id, place)


@settings(max_examples=25, deadline=None)
@given(LIST, st.lists(ACT, max_size=8))
def test_what_is_paid_stays_and_nothing_counts_twice(
    first: list[tuple[int, str]], acts: list[tuple[object, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(Path(folder), households=HOMES)
        station = desk.station
        with closing(station.store):
            batch_id = taken(station, rows(first)).batch_id  # type: ignore[arg-type]
            for done in acts:
                before = lines_of(station, batch_id)
                with station.store.reading() as reading:
                    fixed = fixed_places(reading, batch_id)
                try:
                    act(station, batch_id, done)
                except Refusal:
                    assert lines_of(station, batch_id) == before
                after = lines_of(station, batch_id)
                assert len(after) >= len(before)
                for place in fixed:
                    assert after[place - 1] == before[place - 1]
                ready = Counter(
                    one.account_no
                    for one in after
                    if one.verdict is Verdict.READY and not one.withdrawn
                )
                assert max(ready.values(), default=0) <= 1
            money = batch_state(station, batch_id).money
            assert money.received == money.funded + money.remainder
            assert verify(station).ok
