"""Large books: a night proves what came lately, and each old chain whole when its turn comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from cardstation.central.days import recount
from cardstation.central.engine import transaction
from cardstation.central.proving import disagreements
from cardstation.central.reconcile import scope
from cardstation.central.reconcile.nightly import Run, reconcile
from tests.kit.console import ZONE, Town
from tests.kit.postgres import CENTRE_KEY, Centre

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

STATIONS = ("S001", "S002", "S003")
NIGHTS = 5
TODAY = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


class Week:
    """Three stations that sell every day, some of it a day before; and what each night found."""

    def __init__(self, centre: Centre) -> None:
        self.town, self.books = Town(centre), centre.books
        for name in STATIONS:
            self.town.station(name)
        self.owner("UPDATE stations SET enrolled_at = enrolled_at - interval '30 days'")
        self.runs = [self.night(ago) for ago in range(NIGHTS, 0, -1)]

    @property
    def held(self) -> int:
        return sum(chain.seq for _, chain in self.town.lines.values())

    def night(self, ago: int) -> Run:
        evening = TODAY - timedelta(days=ago) + timedelta(hours=20)
        for at, name in enumerate(STATIONS):
            late = evening - timedelta(days=1) if at == ago % len(STATIONS) else evening
            self.town.push(name, [*self.sold(name, late), *self.sold(name, evening)])
        self.happened("journal SET posted_at", "posted_at", evening)
        run = self.run(ago)
        self.happened("day_seals SET sealed_at", "sealed_at", evening + timedelta(hours=6))
        return run

    def sold(self, name: str, at: datetime) -> list[bytes]:
        _, chain = self.town.station(name)
        who = {"subject": f"{name}-{chain.seq}", "account_no": f"{name}{chain.seq:06d}"}
        sale: dict[str, Any] = {**who, "fen": 3_000, "at": at.isoformat()}
        return [chain.add("paid", tender="cash", **sale), chain.add("sealed", **sale)]

    def happened(self, what: str, when: str, at: datetime) -> None:
        """What was written just now was written then."""
        self.owner(f"UPDATE {what} = '{at}' WHERE {when} > now() - interval '1 hour'")
        with self.books.owner.begin() as connection:
            recount(connection)

    def run(self, ago: int = 1) -> Run:
        day = (TODAY - timedelta(days=ago)).date()
        return reconcile(self.books.engine, CENTRE_KEY, day)

    def owner(self, statement: str) -> None:
        with self.books.owner.begin() as connection:
            assert connection.execute(text(statement)).rowcount


@pytest.fixture
def week(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Week:
    monkeypatch.setattr(scope, "A_NIGHT", 1)
    return Week(centre)


def test_each_chain_is_proved_whole_in_its_turn_and_small_books_every_night(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [run.wrong for run in week.runs] == [()] * NIGHTS
    told = [run.report["proved"] for run in week.runs]
    # The centre has said nothing yet: there is no entry its proof could begin after.
    assert [(one["whole"], one["chains"]) for one in told] == [(4, 4), *[(2, 4)] * (NIGHTS - 1)]
    assert told[-1]["entries"] < week.held
    turns = []
    for _ in STATIONS:
        with transaction(week.books.engine) as connection:
            turns.append(set(scope.scope_of(connection, datetime.now(ZONE)).whole) - {"centre"})
        assert week.run().ok
    assert sorted(turns, key=sorted) == [{name} for name in STATIONS]

    monkeypatch.setattr(scope, "A_NIGHT", week.held)
    proved = week.run().report["proved"]
    assert (proved["whole"], proved["chains"], proved["entries"]) == (4, 4, week.held)
    assert proved["all_whole_since"] == datetime.now(ZONE).date().isoformat()


LATELY = {
    "a new entry": "journal SET fen = fen {} 1 WHERE station = 'S003' AND seq > 10",
    "yesterday's sums": "day_totals SET fen = fen {} 1 WHERE posted_on = (SELECT max(posted_on)"
    " FROM day_totals) AND station = 'S001'",
    "a balance": "balances SET fen = fen {} 1 WHERE account = 'gas_sold' AND station = 'S002'",
    "a class": "class_totals SET fen = fen {} 1 WHERE station = 'S003'",
    "the index": "entry_index SET seq = seq {} 100 WHERE station = 'S001' AND seq % 100 = 1",
}


def test_what_is_new_and_every_sum_is_looked_at_each_night_and_what_is_old_in_its_turn(
    week: Week,
) -> None:
    for what, statement in LATELY.items():
        week.owner(f"UPDATE {statement.format('+')}")
        assert [bool(week.run().wrong) for _ in STATIONS] == [True] * len(STATIONS), what
        week.owner(f"UPDATE {statement.format('-')}")

    week.owner("UPDATE journal SET fen = fen + 1 WHERE station = 'S002' AND seq = 1")
    assert disagreements(week.books.engine)
    found = [bool(week.run().wrong) for _ in range(2 * len(STATIONS))]
    first = found.index(True)
    assert first < len(STATIONS)
    assert all(found[first:]), "and nothing is sealed from then on"
    week.owner("UPDATE journal SET fen = fen - 1 WHERE station = 'S002' AND seq = 1")
