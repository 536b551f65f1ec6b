"""Days are proved, sealed and signed; what comes later is seen; a figure says what is explained."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from cardstation.central.console.roles import Role
from cardstation.central.days import recount
from cardstation.central.engine import transaction
from cardstation.central.invoices.asking import ONE_AT_A_TIME
from cardstation.central.proving import disagreements
from cardstation.central.reconcile.files import FileKind, accept_file, take_file
from cardstation.central.reconcile.nightly import Run, reconcile
from cardstation.central.reconcile.seals import Kept, corrections, root_of, seals_of, uncovered
from cardstation.cli.central import central as command
from cardstation.errors import Refusal
from tests.kit.console import ZONE, Town, person
from tests.kit.postgres import CENTRE_KEY, Books, Centre, TestKey

pytest_plugins = ("tests.kit.ledger_fixtures",)
pytestmark = pytest.mark.postgres

TODAY = datetime.now(ZONE).date()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def at(day: date, hour: int = 9) -> str:
    return datetime.combine(day, time(hour), ZONE).isoformat()


@dataclass
class Days:
    """A town whose stations have been there for a month."""

    town: Town
    sold: int = 0
    books: Books = field(init=False)

    def __post_init__(self) -> None:
        self.books = self.town.centre.books
        for name in ("S001", "S002"):
            self.town.station(name)
        self.owner("UPDATE stations SET enrolled_at = enrolled_at - interval '30 days'")

    def owner(self, statement: str) -> None:
        with self.books.owner.begin() as connection:
            connection.execute(text(statement))
            recount(connection)

    def sell(self, day: date, station: str = "S001", tender: str = "cash", **facts: Any) -> None:
        self.sold += 1
        who = {"subject": f"sale-{self.sold}", "account_no": f"{self.sold:010d}", "maker": "CS01"}
        who |= {"card_no": f"C{self.sold}", "meter_no": f"M{self.sold}", "fen": 3_000}
        who |= {"counter_before": 0, "counter_after": 1, "at": at(day), **facts}
        _, chain = self.town.station(station)
        told = [chain.add("paid", tender=tender, **who), chain.add("sealed", **who)]
        self.town.push(station, told)

    def shift(self, kind: str, day: date, *, fen: int = 0, over: int = 0, name: str = "1") -> None:
        _, chain = self.town.station("S001")
        facts = {"subject": f"shift-{name}", "at": at(day, 18), "fen": fen, "balance_fen": over}
        self.town.push("S001", [chain.add(kind, tender="cash", clerk="lin", **facts)])

    def run(self, day: date, key: Any = CENTRE_KEY) -> Run:
        return reconcile(self.books.engine, key, day)

    def seals(self, day: date) -> dict[str, Kept]:
        with transaction(self.books.engine) as connection:
            return {one.seal.station: one for one in seals_of(connection, day)}

    def explained(self, day: date) -> dict[str, Any]:
        return dict(self.run(day).report["explained"])


@pytest.fixture
def days(centre: Centre) -> Days:
    return Days(Town(centre))


def test_a_day_is_sealed_per_station_and_chained(days: Days) -> None:
    days.sell(ago(3))
    days.sell(ago(3), "S002")
    days.sell(ago(2))
    first = days.run(ago(3))
    assert (first.ok, first.sealed) == (True, 3)
    second = days.run(ago(2))
    assert second.sealed == 3
    before, after = days.seals(ago(3)), days.seals(ago(2))
    assert [(one.seal.from_seq, one.seal.to_seq) for one in before.values()] == [
        *((1, 2), (1, 2), (1, 0))
    ]
    assert (after["S001"].seal.from_seq, after["S001"].seal.to_seq) == (3, 4)
    assert after["S002"].seal.entries == 0
    assert after["S001"].seal.before == before["S001"].fingerprint
    assert json.loads(before["S001"].seal.sums) == {"gas_sold": -3_000, "tender": 3_000}
    again = days.run(ago(2))
    assert (again.ok, again.sealed) == (True, 0)
    assert days.seals(ago(2)) == after
    assert again.report["root"] == root_of(tuple(after.values())) != first.report["root"]


def test_nights_that_were_left_out_are_sealed_one_by_one(days: Days) -> None:
    days.sell(ago(5))
    days.run(ago(5))
    days.sell(ago(3))
    assert days.run(ago(1)).sealed == 4 * 3
    assert days.seals(ago(4))["S001"].seal.entries == 0
    assert days.seals(ago(3))["S001"].seal.entries == 2


def test_what_comes_late_for_a_sealed_day_is_seen_as_a_correction(days: Days) -> None:
    days.sell(ago(4))
    days.run(ago(3))
    sealed = days.seals(ago(4)), days.seals(ago(3))
    days.sell(ago(3))
    days.sell(ago(2))
    with transaction(days.books.engine) as connection:
        late = uncovered(connection, "S001")
        assert (late.entries, late.late) == (4, 2)
    run = days.run(ago(2))
    assert run.ok
    assert (days.seals(ago(4)), days.seals(ago(3))) == sealed
    assert days.seals(ago(2))["S001"].seal.late == 2
    with transaction(days.books.engine) as connection:
        found = corrections(connection, ago(3))
    assert [(one.seq, one.kind, one.sealed_with) for one in found] == [
        *((3, "paid", ago(2)), (4, "sealed", ago(2)))
    ]
    assert days.run(ago(3)).report["corrections"] == 2


def test_a_clock_that_is_ahead_stops_no_seal(days: Days) -> None:
    days.sell(TODAY + timedelta(days=900))
    days.owner("UPDATE journal SET posted_at = posted_at - interval '2 days'")
    days.run(ago(1))
    assert days.seals(ago(1))["S001"].seal.entries == 2


def test_a_day_that_is_not_over_is_not_sealed(days: Days) -> None:
    for day in (TODAY, TODAY + timedelta(days=1)):
        with pytest.raises(Refusal, match="day_not_over"):
            days.run(day)
    assert reconcile(days.books.engine, CENTRE_KEY).day == ago(1)


def test_a_station_that_was_not_heard_since_is_named(days: Days) -> None:
    days.sell(ago(2))
    days.run(ago(2))
    assert not days.seals(ago(2))["S002"].seal.heard
    news = {"version": "1", "unsent": "0", "oldest": ""}
    key = TestKey()
    told = days.town.centre.line("S003", key, news=lambda: news)
    told.enrol("code-3")
    days.owner("UPDATE stations SET enrolled_at = enrolled_at - interval '30 days'")
    told.head()
    days.run(ago(1))
    assert days.seals(ago(1))["S003"].seal.heard


STATUSES = [
    ("UPDATE stations SET status = 'suspended' WHERE station = 'S001'", False),
    ("UPDATE stations SET status = 'revoked' WHERE station = 'S001'", True),
]


@pytest.mark.parametrize(("become", "heard"), STATUSES, ids=["suspended", "revoked"])
def test_only_who_is_out_of_service_for_good_has_nothing_outstanding(
    days: Days, become: str, heard: bool
) -> None:
    days.sell(ago(3))
    days.owner("DELETE FROM station_states")
    days.owner(become)
    assert days.run(ago(2)).ok
    seals = days.seals(ago(2))
    assert (seals["S001"].seal.heard, seals["centre"].seal.heard) == (heard, True)


def test_nothing_is_sealed_while_the_books_disagree(days: Days) -> None:
    days.sell(ago(2))
    days.owner("UPDATE balances SET fen = fen + 1 WHERE account = 'gas_sold'")
    run = days.run(ago(2))
    assert not run.ok
    assert "balance ('gas_sold', 'S001')" in run.wrong[0]
    assert (run.sealed, days.seals(ago(2))) == (0, {})
    days.owner("UPDATE balances SET fen = fen - 1 WHERE account = 'gas_sold'")
    assert days.run(ago(2)).sealed == 3


CUT_OFF = """
    DELETE FROM card_load WHERE entry_id IN (SELECT entry_id FROM journal WHERE seq > 2);
    DELETE FROM postings WHERE entry_id IN (SELECT entry_id FROM journal WHERE seq > 2);
    DELETE FROM journal WHERE seq > 2; DELETE FROM entry_index WHERE seq > 2;
    UPDATE stations SET last_seq = 2, last_hash = (SELECT hash FROM journal WHERE seq = 2)
        WHERE station = 'S001';
    UPDATE balances SET fen = fen / 2; UPDATE class_totals SET fen = fen / 2;
"""
FORGED = [
    (CUT_OFF, "entry 4 of the books is not the sealed one"),
    ("UPDATE day_seals SET late = 1 WHERE station = 'S001'", "not signed by the centre"),
    ("DELETE FROM day_seals WHERE day = (SELECT min(day) FROM day_seals)", "does not follow"),
    (
        (
            "UPDATE day_seals SET signature = (SELECT signature FROM day_seals"
            " WHERE station = 'S002' LIMIT 1) WHERE station = 'S001'"
        ),
        "not signed by the centre",
    ),
]


@pytest.mark.parametrize(("forgery", "found"), FORGED, ids=[found for _, found in FORGED])
def test_who_owns_the_database_cannot_change_what_was_sealed(
    days: Days, forgery: str, found: str
) -> None:
    days.sell(ago(3))
    days.run(ago(3))
    days.sell(ago(2))
    days.run(ago(2))
    for statement in forgery.strip().rstrip(";").split(";\n"):
        days.owner(statement)
    assert disagreements(days.books.engine) == ()  # the books agree with themselves
    run = days.run(ago(1))
    assert any(found in one for one in run.wrong), run.wrong
    assert run.sealed == 0


def test_another_key_signs_nothing_here(days: Days) -> None:
    days.run(ago(2))
    other = type(CENTRE_KEY)(bytes(range(1, 33)))
    run = days.run(ago(1), other)
    assert "not signed by the centre" in run.wrong[0]


def test_cash_is_explained_by_the_count_of_its_shift(days: Days) -> None:
    days.shift("shift_opened", ago(2), fen=10_000)
    days.sell(ago(2))
    days.sell(ago(2))
    days.shift("shift_closed", ago(2), fen=15_990, over=-10)
    # The count came days after the day: explained, and not in time.
    assert days.explained(ago(2))["percent"] == 0
    days.owner("UPDATE journal SET posted_at = posted_at - interval '2 days'")
    said = days.explained(ago(2))
    assert (said["fen"], said["in_time_fen"], said["percent"]) == (6_010, 6_000, 99.83)
    assert said["final"]
    report = days.run(ago(2)).report
    assert report["cash"] == {"shifts": 1, "over_fen": 0, "short_fen": -10, "disagree": 0}
    assert report["audit"] == {"cash_short": {"items": 1, "fen": -10}}


def test_cash_of_a_shift_that_nobody_counted_is_not_explained(days: Days) -> None:
    days.shift("shift_opened", ago(3), fen=10_000)
    days.sell(ago(3))
    days.owner("UPDATE journal SET posted_at = posted_at - interval '3 days'")
    assert days.explained(ago(3))["percent"] == 0
    assert days.run(ago(3)).report["audit"] == {"shift_open": {"items": 1, "fen": 0}}


def test_what_a_shift_is_short_of_is_not_explained_by_its_count(days: Days) -> None:
    days.shift("shift_opened", ago(2), fen=10_000)
    days.sell(ago(2))
    days.shift("shift_closed", ago(2), fen=12_000, over=-1_000)
    days.owner("UPDATE journal SET posted_at = posted_at - interval '2 days'")
    said = days.explained(ago(2))
    assert (said["fen"], said["in_time_fen"], said["percent"]) == (4_000, 3_000, 75.0)


def test_a_desk_that_adds_up_its_cash_otherwise_is_named(days: Days) -> None:
    days.shift("shift_opened", ago(2), fen=10_000)
    days.sell(ago(2))
    days.shift("shift_closed", ago(2), fen=12_000, over=0)
    report = days.run(ago(2)).report
    assert report["cash"]["disagree"] == 1
    assert report["audit"] == {"cash_disagrees": {"items": 1, "fen": -1_000}}


def test_the_other_tenders_and_suspense_count_for_themselves(days: Days) -> None:
    days.sell(ago(2), tender="qr_code", fen=1_000)
    days.sell(ago(2), tender="bank_transfer", fen=2_000)
    days.sell(ago(2), tender="qr_code", fen=4_000, account_no="")
    days.owner("UPDATE journal SET posted_at = posted_at - interval '2 days'")
    said = days.explained(ago(2))
    assert said["by_tender"] == {
        "bank_transfer": {"fen": 2_000, "in_time_fen": 0},
        "qr_code": {"fen": 5_000, "in_time_fen": 1_000},
    }
    assert said["percent"] == 14.28
    assert days.run(ago(2)).report["suspense"] == {"items": 2, "open": 2, "open_fen": 8_000}


def test_a_tender_nobody_knows_explains_nothing(days: Days) -> None:
    days.sell(ago(2), tender="qr_code", fen=1_000)
    days.sell(ago(2), tender="seashells", fen=1_000)
    days.owner("UPDATE journal SET posted_at = posted_at - interval '2 days'")
    assert days.explained(ago(2))["percent"] == 50.0


def test_counters_are_told_per_maker_and_school(days: Days) -> None:
    days.sell(ago(2))
    days.sell(ago(2), card_no="C1", meter_no="M1", counter_before=4, counter_after=5)
    days.sell(ago(2), maker="CS04", counter_before=0, counter_after=0)
    for name in ("anna", "ben"):
        person(days.books, name, Role.TREASURER)
    with transaction(days.books.engine) as connection:
        raw = "流水号,卡号,次数,金额\nq1,C1,3,10\n".encode()
        file = take_file(connection, FileKind.CHANNEL, "phone", "f", raw, by="anna")
        accept_file(connection, file.number, by="ben")
    run = reconcile(days.books.engine, CENTRE_KEY, ago(2), schools={"CS01": "exact"})
    told = {one["maker"]: one for one in run.report["counters"]}
    assert told["CS01"] == {
        "maker": "CS01",
        "school": "exact",
        "purses": 1,
        "loads": 2,
        "holes": 3,
        "explained": 1,
        "jumps": 0,
        "uncounted": 0,
    }
    assert (told["CS04"]["school"], told["CS04"]["uncounted"]) == ("none", 1)
    with days.books.owner.connect() as connection:
        kept = connection.scalar(text("SELECT report FROM day_runs ORDER BY number DESC LIMIT 1"))
    assert json.loads(kept)["counters"] == run.report["counters"]


def said(books: Books, *arguments: str, status: int = 0) -> str:
    asked = [*arguments, "--dsn", books.dsn]
    done = CliRunner().invoke(command, asked, catch_exceptions=False, obj={"CS01": "exact"})
    assert done.exit_code == status, done.output
    return done.output


def test_the_command_seals_tells_and_ends_with_five_when_anything_disagrees(
    days: Days, tmp_path: Path
) -> None:
    key = tmp_path / "centre.key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    days.sell(ago(1))
    asked = ("reconcile", "--day", ago(1).isoformat(), "--key", str(key))
    shown = said(days.books, *asked)
    assert f"{ago(1)} S001: 1-2 sealed, not heard since" in shown
    assert "counters CS01 (exact): 1 cards, 1 loads, 0 holes, 0 explained, 0 jumps" in shown
    assert f"explained within 24 h, {ago(1)}: 0.00 % so far" in shown
    told = json.loads(said(days.books, *asked, "--json"))
    assert (told["ok"], told["sealed_now"], len(told["seals"])) == (True, 0, 3)
    days.owner("UPDATE balances SET fen = fen + 1 WHERE account = 'gas_sold'")
    assert "nothing was sealed" in said(days.books, *asked, status=5)
    days.owner("UPDATE balances SET fen = fen - 1 WHERE account = 'gas_sold'")


def test_no_key_is_made_for_a_ledger_elsewhere(days: Days, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="secret_unreadable"):
        said(days.books, "reconcile", "--key", str(tmp_path / "centre.key"))
    assert not (tmp_path / "centre.key").exists()


def test_a_checkpoint_a_station_kept_is_looked_up(days: Days, tmp_path: Path) -> None:
    key = tmp_path / "centre.key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    days.sell(ago(1))
    line, chain = days.town.station("S001")
    ack = line.push([chain.add("armed", at=at(ago(1)))], line.head().nonce)
    told = {"station": "S001", "epoch": ack.checkpoint.epoch, "seq": 3, "hash": chain.last_hash}
    told |= {"nonce": ack.checkpoint.nonce, "signature": ack.checkpoint.signature}
    file = tmp_path / "checkpoint.json"
    asked = ("reconcile", "--key", str(key), "--checkpoint", str(file))
    file.write_text(json.dumps(told))
    said(days.books, *asked)
    file.write_text(json.dumps(told | {"seq": 1}))
    assert "not signed by the centre" in said(days.books, *asked, status=5)
    file.write_text("[]")
    with pytest.raises(Refusal, match="checkpoint_unreadable"):
        said(days.books, *asked)


def test_two_runs_at_once_are_one(days: Days) -> None:
    with days.books.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(7239003)"))
        with pytest.raises(Refusal, match="reconcile_runs"):
            days.run(ago(1))
    assert days.run(ago(1)).ok


def test_a_run_does_not_stop_at_a_file_of_invoices_being_made(days: Days) -> None:
    with days.books.engine.begin() as connection:
        connection.execute(ONE_AT_A_TIME)
        assert days.run(ago(1)).ok
