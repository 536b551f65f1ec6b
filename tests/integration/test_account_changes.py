"""What a desk changed in an account holds against older files and feeds, restores and tampering."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.account_change import AccountChange, AccountEvent, Verdict
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.ledger import EntryKind
from cardstation.domain.shift import Approval
from cardstation.errors import LedgerRefused
from cardstation.services.follow_feed import follow_feed
from cardstation.services.import_directory import import_directory
from cardstation.services.intent.account_changes import record_account_change
from cardstation.services.rejoin import rejoin
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.integration.test_rejoin import Restored
from tests.kit.exported import exported
from tests.kit.feeds import A, FeedCentre, following_desk, homes, rows_of
from tests.kit.station import Desk, open_desk
from tests.kit.tamper import forged

STOPPED, CLOSED = HouseholdStatus.STOPPED, HouseholdStatus.CLOSED


@pytest.fixture
def restored(tmp_path: Path) -> Iterator[Restored]:
    with ExitStack() as opened:
        yield Restored(tmp_path, opened)


def change(
    station: Station, account_no: str, what: AccountEvent = AccountEvent.STOPPED, **to: object
) -> AccountChange:
    """Change an account as a service does."""
    with station.store.unit() as unit:
        before = unit.households.get(account_no)
        assert before is not None
        after = replace(before, **(to or {"status": STOPPED}))  # type: ignore[arg-type]
        made = record_account_change(
            station, unit, what, before, after, words="asked", approver="017"
        )
        unit.commit()
    return made


def on_file(station: Station, account_no: str) -> Household:
    with station.store.reading() as reading:
        found = reading.households.get(account_no)
    assert found is not None
    return found


def verdicts(station: Station) -> list[tuple[str, Verdict]]:
    with station.store.reading() as reading:
        return [(one.fact, one.verdict) for one in reading.account_changes.heard()]


def test_an_old_file_brings_no_stopped_account_back_and_a_newer_one_settles_it(
    tmp_path: Path,
) -> None:
    [home] = homes(1)
    old = exported(tmp_path / "old.csv", home)
    desk = open_desk(tmp_path / "s", households=[home])
    station = desk.station
    import_directory(station, old)
    made = change(station, home.account_no)
    for _ in range(2):
        assert import_directory(station, old).overruled == ()
        assert on_file(station, home.account_no).status is STOPPED
    assert (verdicts(station), verify(station).ok) == ([], True)
    newer = exported(tmp_path / "new.csv", replace(home, status=STOPPED))
    assert import_directory(station, newer).overruled == ()
    assert verdicts(station) == [("status", Verdict.CONFIRMED)]
    import_directory(station, old)
    assert on_file(station, home.account_no).status is HouseholdStatus.ACTIVE
    assert verify(station).ok
    with station.store.reading() as reading:
        assert reading.account_changes.of_account(home.account_no) == (made,)
    station.store.close()


def test_what_a_file_knows_otherwise_holds_and_is_said(tmp_path: Path) -> None:
    [home] = homes(1)
    desk = open_desk(tmp_path / "s", households=[home])
    change(desk.station, home.account_no)
    third = exported(tmp_path / "third.csv", replace(home, status=CLOSED))
    [told] = import_directory(desk.station, third).overruled
    assert (told.fact, told.ours, told.filed) == ("status", "stopped", "closed")
    assert on_file(desk.station, home.account_no).status is CLOSED
    assert verify(desk.station).ok
    desk.station.store.close()


def test_a_feed_that_knows_nothing_of_a_change_does_not_undo_it(tmp_path: Path) -> None:
    centre, (home,) = FeedCentre(), homes(1)
    centre.publish(A, rows_of([home]))
    station = following_desk(tmp_path, centre.line())
    follow_feed(station)
    change(station, home.account_no)
    centre.publish(A, rows_of([replace(home, phone="13100000000")]))
    follow_feed(station)
    now = on_file(station, home.account_no)
    assert (now.status, now.phone, verdicts(station)) == (STOPPED, "13100000000", [])
    centre.publish(A, rows_of([replace(home, phone="13100000000", status=STOPPED)]))
    follow_feed(station)
    assert verdicts(station) == [("status", Verdict.CONFIRMED)]
    centre.publish(A, [])
    follow_feed(station)
    assert on_file(station, home.account_no).team == ""
    assert verify(station).ok
    station.store.close()


def test_a_snapshot_that_only_agrees_is_heard(tmp_path: Path) -> None:
    centre, (home,) = FeedCentre(), homes(1)
    centre.publish(A, rows_of([replace(home, status=STOPPED)]))
    station = following_desk(tmp_path, centre.line())
    with station.store.unit() as unit:
        unit.households.put([home])
        unit.commit()
    change(station, home.account_no)
    follow_feed(station)
    assert verdicts(station) == [("status", Verdict.CONFIRMED)]
    station.store.close()


def test_a_restored_desk_has_its_changes_again(restored: Restored) -> None:
    restored.backed_up()
    first, second = (one.account_no for one in restored.homes[:2])
    change(restored.desk.station, first)
    stopped = change(restored.desk.station, first, AccountEvent.RESTARTED, status=CLOSED)
    change(restored.desk.station, second, AccountEvent.TRANSFERRED, name="新户主", persons=2)
    with restored.desk.station.store.unit() as unit:
        back = unit.households.get(first)
        assert back is not None
        record_account_change(
            restored.desk.station,
            unit,
            AccountEvent.RESTARTED,
            back,
            replace(back, status=STOPPED),
            corrects=stopped.change_id,
        )
        unit.commit()
    sync(restored.desk.station)
    before = everything(restored.desk)
    desk = restored.lost()
    with pytest.raises(LedgerRefused, match="ledger_ahead"):
        sync(desk.station)
    rejoin(desk.station, Approval("supervisor"))
    assert everything(desk) == before
    assert verify(desk.station).ok


def everything(desk: Desk) -> tuple[object, ...]:
    with desk.station.store.reading() as reading:
        return reading.households.every(), reading.account_changes.every()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE households SET status = 'active'", "account_disagrees"),
        ("DELETE FROM households", "account_disagrees"),
        ("DELETE FROM account_change", "account_change_disagrees"),
        (
            "UPDATE account_change SET frozen = replace(frozen, 'asked', 'x')",
            "account_change_disagrees",
        ),
    ],
)
def test_what_was_changed_from_outside_is_named(tmp_path: Path, statement: str, code: str) -> None:
    [home] = homes(1)
    desk = open_desk(tmp_path, households=[home])
    change(desk.station, home.account_no)
    desk.station.store.close()
    forged(tmp_path, statement)
    desk = open_desk(tmp_path, households=[] if "households" not in statement else [home])
    assert code in {one.code for one in verify(desk.station).disagreements}
    desk.station.store.close()


def test_the_fact_names_who_agreed_and_what_changed(tmp_path: Path) -> None:
    [home] = homes(1)
    desk = open_desk(tmp_path, households=[home])
    made = change(desk.station, home.account_no)
    with desk.station.store.reading() as reading:
        entry = reading.journal.last_about(made.change_id, EntryKind.ACCOUNT)
        assert entry is not None
        told = entry.entry
    assert (told.account_no, told.approver, told.witness) == (
        home.account_no,
        "017",
        "people: asked",
    )
    assert json.loads(told.detail)["after"]["status"] == "stopped"
    desk.station.store.close()
