"""A bag whose envelopes must be scanned: no card is loaded before its own was; on record."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import Step
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.batch_state import batch_state
from cardstation.services.load_line import load_line
from cardstation.services.pay_batch import pay_batch
from cardstation.services.put_in_envelope import put_in_envelope
from cardstation.services.rejoin import rejoin
from cardstation.services.require_scans import lift_scans, require_scans
from cardstation.services.run_batch import start_batch
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from tests.kit.lists import list_row, taken
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch
from tests.kit.two_desks import SECOND

HOMES = neighbours(2)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=HOMES)
    with closing(opened.station.store):
        yield opened
        opened.reader.pull()


@pytest.fixture
def batch(desk: Desk) -> str:
    batch_id = put_batch(desk, [line(one, at) for at, one in enumerate(HOMES, start=2)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money.of_yuan("200"))
    for place, number in enumerate(("E1", "E2"), start=1):
        put_in_envelope(desk.station, batch_id, place, number)
    return batch_id


def load(desk: Desk, batch: str, at: int, envelope: str) -> LineState:
    with closing(desk.insert(card_of(HOMES[at]))) as card:
        return load_line(desk.station, batch, card, nobody, envelope).state


def refused(desk: Desk, batch: str, at: int, envelope: str) -> str:
    with pytest.raises(Refusal) as stop:
        load(desk, batch, at, envelope)
    return stop.value.code


def test_no_card_is_loaded_before_its_own_envelope_was_scanned(desk: Desk, batch: str) -> None:
    assert refused(desk, batch, 0, "") == "envelope_not_scanned"
    assert refused(desk, batch, 0, "  ") == "envelope_not_scanned"
    assert refused(desk, batch, 0, "E2") == "card_in_other_envelope"
    assert load(desk, batch, 0, "E1") is LineState.DONE
    assert verify(desk.station).ok


def test_a_card_that_waits_for_its_scan_is_no_stop_on_record(desk: Desk, batch: str) -> None:
    refused(desk, batch, 0, "")
    states = [one.state for one in batch_state(desk.station, batch).outcomes]
    assert states == [LineState.WAITING] * 2


def test_the_rule_is_lifted_and_both_are_on_record(desk: Desk, batch: str) -> None:
    lift_scans(desk.station, batch, SECOND, "the scanner is broken")
    assert load(desk, batch, 0, "") is LineState.DONE
    with desk.station.store.reading() as reading:
        steps = reading.steps.of_batch(batch)
    rules = [one.detail for one in steps if one.step is Step.ENVELOPED and "must" in one.detail]
    assert rules == ['{"must":true}', '{"must":false,"reason":"the scanner is broken"}']
    assert verify(desk.station).ok


def test_nobody_lifts_it_without_a_reason(desk: Desk, batch: str) -> None:
    with pytest.raises(Refusal, match="proof_missing"):
        lift_scans(desk.station, batch, SECOND, "")
    assert refused(desk, batch, 0, "") == "envelope_not_scanned"


def test_what_was_lifted_stays_lifted_whatever_is_numbered_since(desk: Desk, batch: str) -> None:
    lift_scans(desk.station, batch, SECOND, "the scanner is broken")
    put_in_envelope(desk.station, batch, 1, "E9")
    assert load(desk, batch, 0, "") is LineState.DONE


@pytest.mark.parametrize(
    ("numbers", "must"), [(("E1", "E2"), True), (("E1", ""), True), (("", ""), False)]
)
def test_a_list_with_envelopes_asks_for_the_scans_by_itself(
    desk: Desk, numbers: tuple[str, ...], must: bool
) -> None:
    rows = [list_row(one, envelope=at) for one, at in zip(HOMES, numbers, strict=True)]
    assert taken(desk.station, rows).scan_envelopes is must


def test_a_row_without_a_number_takes_the_lock_off_no_other(desk: Desk) -> None:
    rows = [list_row(one, envelope=at) for one, at in zip(HOMES, ("E1", ""), strict=True)]
    batch = taken(desk.station, rows).batch_id
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money.of_yuan("200"))
    assert refused(desk, batch, 0, "") == "envelope_not_scanned"
    assert refused(desk, batch, 1, "E1") == "card_in_other_envelope"
    assert load(desk, batch, 1, "") is LineState.DONE
    assert load(desk, batch, 0, "E1") is LineState.DONE
    assert verify(desk.station).ok


def test_the_first_number_sets_the_rule(desk: Desk) -> None:
    batch = put_batch(desk, [line(one, at) for at, one in enumerate(HOMES, 2)], "2026-11-24-07")
    found = []
    for place in (1, 2):
        put_in_envelope(desk.station, batch, place, f"A{place}")
        found.append(batch_state(desk.station, batch).batch.scan_envelopes)
    assert found == [True, True]


@pytest.mark.parametrize("lifted", [False, True])
def test_a_run_sets_it_for_numbers_that_came_otherwise(desk: Desk, lifted: bool) -> None:
    """An older list, or a newer one of this batch: once, on record; lifted it stays lifted."""
    lines = [line(HOMES[0], 2, envelope="E1"), line(HOMES[1], 3)]
    batch = put_batch(desk, lines, "2026-11-24-07")
    if lifted:
        lift_scans(desk.station, batch, SECOND, "slots, not envelopes")
    for _ in range(2):
        start_batch(desk.station, batch)
    assert batch_state(desk.station, batch).batch.scan_envelopes is not lifted
    with desk.station.store.reading() as reading:
        steps = [one.step for one in reading.steps.of_batch(batch)]
    assert steps.count(Step.ENVELOPED) == 1
    assert steps.count(Step.STARTED) == 1


@pytest.mark.parametrize("started", [True, False])
@pytest.mark.parametrize("number", ["", "E3"])
def test_nobody_takes_the_lock_off_a_row_alone(
    desk: Desk, batch: str, started: bool, number: str
) -> None:
    """Over a card that was just stopped: neither by no number nor by the one of its envelope."""
    if started:
        start_batch(desk.station, batch)
    else:
        assert refused(desk, batch, 0, "E3") == "card_in_other_envelope"
    for approval, reason, code in (
        (None, "", "envelope_change_needs_two"),
        (Approval(desk.station.clerk), "the envelope was torn", "second_person_same"),
        (SECOND, "", "proof_missing"),
    ):
        with pytest.raises(Refusal) as stop:
            put_in_envelope(desk.station, batch, 1, number, approval, reason)
        assert stop.value.code == code
    assert refused(desk, batch, 0, "") == "envelope_not_scanned"
    put_in_envelope(desk.station, batch, 1, number, SECOND, "the envelope was torn")
    assert load(desk, batch, 0, number) is LineState.DONE
    with desk.station.store.reading() as reading:
        last = [one for one in reading.steps.of_batch(batch) if one.step is Step.ENVELOPED][-1]
        entry = [*reading.journal.every()][last.seq - 1].entry
    out = "false" if number else "true"
    assert last.detail == f'{{"place":1,"taken_out":{out},"reason":"the envelope was torn"}}'
    assert entry.approver == SECOND.name
    assert verify(desk.station).ok


def test_before_the_run_numbers_are_changed_and_given_first_ones_in_it(
    desk: Desk, batch: str
) -> None:
    assert refused(desk, batch, 0, "E2") == "card_in_other_envelope"
    put_in_envelope(desk.station, batch, 2, "")
    start_batch(desk.station, batch)
    assert put_in_envelope(desk.station, batch, 2, "E4").envelope == "E4"
    assert put_in_envelope(desk.station, batch, 2, "E4").envelope == "E4"


def test_a_row_has_an_envelope_first(desk: Desk, batch: str) -> None:
    lift_scans(desk.station, batch, SECOND, "the scanner is broken")
    for place in (1, 2):
        put_in_envelope(desk.station, batch, place, "")
    with pytest.raises(Refusal) as stop:
        require_scans(desk.station, batch)
    assert (stop.value.code, stop.value.values["n"]) == ("envelopes_missing", 2)
    assert not batch_state(desk.station, batch).batch.scan_envelopes


def test_a_store_from_a_backup_asks_for_the_scans_again(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    desk = open_desk(tmp_path / "day", households=HOMES, ledger=ledger)
    batch = taken(desk.station, [list_row(one) for one in HOMES]).batch_id
    for place in (1,):
        put_in_envelope(desk.station, batch, place, str(place))
    sync(desk.station)
    desk.station.store.close()
    shutil.copytree(tmp_path / "day", tmp_path / "backup")
    desk = open_desk(tmp_path / "day", ledger=ledger)
    put_in_envelope(desk.station, batch, 2, "2")
    start_batch(desk.station, batch)
    put_in_envelope(desk.station, batch, 2, "3", SECOND, "the envelope was torn")
    sync(desk.station)
    desk.station.store.close()
    desk = open_desk(tmp_path / "backup", ledger=ledger)
    rejoin(desk.station, SECOND)
    with desk.station.store.reading() as reading:
        back = reading.batches.get(batch)
    assert back is not None
    assert back.scan_envelopes
    desk.station.store.close()
