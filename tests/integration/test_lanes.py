"""A batch in several readers and at two desks: envelopes, trays, the run on record, loaded once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cardstation.cli.lanes import Run
from cardstation.cli.output import Output
from cardstation.cli.run import Call
from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import Stage, Step
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.trays import OF_THE_STATION, Tray
from cardstation.errors import CardStationError, Refusal
from cardstation.i18n import translator
from cardstation.sentences import brief
from cardstation.services.batch_state import batch_state
from cardstation.services.card_trays import CardTray, card_trays
from cardstation.services.check_envelope import check_envelope
from cardstation.services.close_shift import close_shift
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.identify import insert_card
from cardstation.services.intent.stops import seen_as
from cardstation.services.load_line import load_line
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_batch import pay_batch
from cardstation.services.route_card import route_card
from cardstation.services.run_batch import finish_batch, pause_batch, runs, start_batch
from cardstation.services.verify import verify
from drivers.virtual import VirtualCard, VirtualReader
from tests.kit.bag import Bag, bag_at
from tests.kit.cards import content
from tests.kit.shifts import BEN, CHIEF, PINS, desk_with_clerks
from tests.kit.station import Desk, card_of, line, neighbours, nobody, open_desk, put_batch

LANES = 4


@pytest.fixture
def people() -> list[Household]:
    return neighbours(LANES * 3)


@pytest.fixture
def desk(tmp_path: Path, people: list[Household]) -> Iterator[Desk]:
    opened = open_desk(tmp_path, households=people)
    with closing(opened.station.store):
        yield opened
        opened.reader.pull()


# ── lanes ──


def test_the_command_line_says_the_tray_and_why_in_words(
    desk: Desk, people: list[Household], capsys: pytest.CaptureFixture[str]
) -> None:
    batch_id = put_batch(desk, [line(one, at) for at, one in enumerate(people[:2], start=2)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money.of_yuan("100"))
    unused: Any = None
    call = Call(unused, unused, Output(as_json=False), translator("zh_CN"))
    run = Run(call, desk.station, batch_state(desk.station, batch_id), idle_s=0)
    for person in people[:2]:
        desk.reader.pull()
        desk.reader.insert(card_of(person))
        seen = desk.reader.wait_card(0)
        assert seen is not None
        run._one_card(desk.reader, seen)
    done, stopped = capsys.readouterr().out.splitlines()
    assert done.startswith(f"A 已充  {people[0].card_no}  {people[0].address.door}")
    assert stopped.startswith(f"C 不充退卡  {people[1].card_no}  {people[1].address.door}")
    assert brief("line_unfunded", translator("zh_CN")) in stopped
    assert "line_unfunded" not in stopped
    assert "fen=" not in stopped


def test_lanes_load_side_by_side_and_the_books_agree(desk: Desk, people: list[Household]) -> None:
    bag, failed = bag_at(desk, people), []

    def lane(at: int) -> None:
        reader = VirtualReader(f"reader {at}")
        for place in range(at, len(people), LANES):
            try:
                bag.load(place, reader=reader)
            except CardStationError as error:
                failed.append(error)

    lanes = [threading.Thread(target=lane, args=(at,)) for at in range(LANES)]
    for one in lanes:
        one.start()
    for one in lanes:
        one.join()
    assert not failed
    assert set(bag.states) == {LineState.DONE}
    found = verify(desk.station)
    assert found.ok, found.disagreements
    assert batch_state(desk.station, bag.batch_id).money.loaded == Money.of_yuan(
        str(100 * len(people))
    )
    with desk.station.store.reading() as reading:
        head = reading.journal.head()
        armed = [one.seq for one in reading.journal.every() if one.entry.kind.value == "armed"]
    mark = desk.station.store.anchor.read()
    assert mark is not None
    assert armed[-1] <= mark.seq <= head.seq


def test_a_copy_in_another_lane_at_the_same_moment_is_a_stop(
    desk: Desk, people: list[Household]
) -> None:
    """Both get as far as the money; one of them is written, the other is told why not."""
    bag = bag_at(desk, people)
    twin = bag.cards[0].copy("twin")
    both, said = threading.Barrier(2), []

    def lane(card: VirtualCard, name: str) -> None:
        reader = VirtualReader(name)
        reader.insert(card)
        presence = reader.wait_card(0)
        assert presence is not None
        with closing(insert_card(desk.station, reader, presence)) as inserted:
            both.wait(10)
            try:
                load_line(desk.station, bag.batch_id, inserted, nobody)
                said.append("loaded")
            except Refusal as stop:
                said.append(stop.code)

    lanes = [
        threading.Thread(target=lane, args=(card, name))
        for card, name in ((bag.cards[0], "one"), (twin, "two"))
    ]
    for one in lanes:
        one.start()
    for one in lanes:
        one.join()
    assert said.count("loaded") == 1
    [stop] = [one for one in said if one != "loaded"]
    assert stop in (
        "card_at_work",
        "line_already_done",
        "loaded_on_other_card",
    ), stop
    counters = [_counter(card) for card in (bag.cards[0], twin)]
    assert counters[0] != counters[1]
    assert verify(desk.station).ok


def _counter(card: VirtualCard) -> int:
    credit = content(card).credit
    return 0 if credit is None else credit.purchase_counter


# ── envelopes ──


def test_a_card_goes_with_its_own_envelope_only(desk: Desk, people: list[Household]) -> None:
    bag = bag_at(desk, people, envelopes=True)
    before = [card.image for card in bag.cards]
    assert bag.refused(0, "2") == "card_in_other_envelope"
    assert bag.refused(1, "1") == "card_in_other_envelope"
    assert bag.refused(2, "no such") == "card_in_other_envelope"
    assert [card.image for card in bag.cards] == before
    assert bag.trays == [
        (1, Tray.B, "card_in_other_envelope"),
        (2, Tray.B, "card_in_other_envelope"),
        (3, Tray.B, "card_in_other_envelope"),
    ]
    bag.load(0, " 1 ")
    bag.load(1)
    assert bag.states[:3] == [LineState.DONE, LineState.DONE, LineState.STOPPED]


def test_a_card_out_of_the_wrong_envelope_is_still_waited_for(
    desk: Desk, people: list[Household]
) -> None:
    bag = bag_at(desk, people[:2], envelopes=True)
    start_batch(desk.station, bag.batch_id)
    bag.load(0, "1")
    assert bag.refused(1, "1") == "card_in_other_envelope"
    assert not finish_batch(desk.station, bag.batch_id)
    bag.load(1, "2")
    assert finish_batch(desk.station, bag.batch_id)


def test_a_bag_without_envelopes_takes_no_offence(desk: Desk, people: list[Household]) -> None:
    bag = bag_at(desk, people)
    bag.load(0, "17")
    assert bag.states[0] is LineState.DONE


def test_an_envelope_held_against_a_loaded_card_is_on_record(
    desk: Desk, people: list[Household]
) -> None:
    bag = bag_at(desk, people, envelopes=True)
    bag.load(0)
    check_envelope(desk.station, bag.batch_id, 1, "1")
    with pytest.raises(Refusal) as stop:
        check_envelope(desk.station, bag.batch_id, 1, "2")
    assert stop.value.code == "card_in_other_envelope"
    with desk.station.store.reading() as reading:
        assert [one.code for one in reading.funds.stops(bag.batch_id)] == [stop.value.code]
    assert bag.states[0] is LineState.DONE


# ── trays ──


def test_trays_say_where_every_card_lies(desk: Desk, people: list[Household]) -> None:
    bag = bag_at(desk, people[:3])
    bag.load(0)
    assert bag.refused(0) == "line_already_done"
    bag.load(1)
    stranger = Bag(desk, people, [card_of(people[5])], bag.batch_id)
    assert stranger.refused(0) == "card_not_in_batch"
    number = people[5].card_no
    route_card(desk.station, bag.batch_id, Tray.B, place=0, card_no="", code="foreign_card")
    assert bag.trays == [
        (1, Tray.A, ""),
        (2, Tray.A, ""),
        (0, Tray.B, "card_not_in_batch"),
        (0, Tray.B, "foreign_card"),
    ]
    code = "card_not_in_batch"
    route_card(desk.station, bag.batch_id, Tray.C, place=0, card_no=number, code=code)
    last = [one for one in card_trays(desk.station, bag.batch_id) if one.card_no == number]
    assert last == [CardTray(0, number, Tray.C, code, chosen=True)]
    with desk.station.store.reading() as reading:
        said = [one.facts for one in reading.funds.stops(bag.batch_id) if one.card_no == number]
    assert [dict(one).get("tray") for one in said] == [None, "C"]


def test_a_chosen_tray_changes_nothing_about_the_line(desk: Desk, people: list[Household]) -> None:
    lines = [line(one, row) for row, one in enumerate(people[:2], start=1)]
    bag = Bag(desk, people, [card_of(one) for one in people], put_batch(desk, lines))
    assert bag.refused(0) == "line_unfunded"
    code = "line_unfunded"
    number = people[0].card_no
    route_card(desk.station, bag.batch_id, Tray.B, place=1, card_no=number, code=code)
    assert bag.trays == [(1, Tray.B, code)]
    pay_batch(desk.station, bag.batch_id, tender=Tender.CASH, money=Money.of_yuan("200"))
    assert bag.states == [LineState.WAITING] * 2


# ── the run ──


@pytest.fixture
def staffed(tmp_path: Path, people: list[Household]) -> Iterator[Desk]:
    opened = desk_with_clerks(tmp_path / "staffed", households=people)
    with closing(opened.station.store):
        yield opened
        opened.reader.pull()


def test_a_run_is_started_once_paused_taken_over_and_finished(
    staffed: Desk, people: list[Household]
) -> None:
    desk = staffed
    open_shift(desk.station, BEN, PINS[BEN], float_money=Money.of_yuan("500"))
    bag = bag_at(desk, people[:2])
    start_batch(desk.station, bag.batch_id)
    start_batch(desk.station, bag.batch_id)
    bag.load(0)
    assert not finish_batch(desk.station, bag.batch_id)
    assert runs(desk.station, bag.batch_id)
    close_shift(
        desk.station, PINS[BEN], counted=Money.of_yuan("700"), handed_to=CHIEF,
        handed_pin=PINS[CHIEF],
    )  # fmt: skip
    assert not runs(desk.station, bag.batch_id)
    open_shift(desk.station, CHIEF, PINS[CHIEF], float_money=Money.of_yuan("700"))
    start_batch(desk.station, bag.batch_id)
    bag.load(1)
    assert finish_batch(desk.station, bag.batch_id)
    assert bag.steps == [
        ("started", BEN),
        ("paused", BEN),
        ("started", CHIEF),
        ("finished", CHIEF),
    ]
    with desk.station.store.reading() as reading:
        assert reading.steps.stage(bag.batch_id) is Stage.DONE
    assert verify(desk.station).ok


def test_between_two_clerks_no_run_starts_and_the_card_that_lies_there_waits_on(
    staffed: Desk, people: list[Household]
) -> None:
    open_shift(staffed.station, BEN, PINS[BEN], float_money=Money.of_yuan("500"))
    bag = bag_at(staffed, people[:2])
    start_batch(staffed.station, bag.batch_id)
    over = {"handed_to": CHIEF, "handed_pin": PINS[CHIEF]}
    close_shift(staffed.station, PINS[BEN], counted=Money.of_yuan("700"), **over)
    assert bag.refused(0) == "no_shift"
    with pytest.raises(Refusal, match="no_shift"):
        start_batch(staffed.station, bag.batch_id)
    assert (bag.states, bag.trays) == ([LineState.WAITING] * 2, [])
    assert bag.steps == [("started", BEN), ("paused", BEN)]
    assert not exceptions_state(staffed.station)


@pytest.mark.parametrize("code", sorted(OF_THE_STATION))
def test_what_stops_the_station_says_nothing_of_a_card(code: str) -> None:
    assert seen_as(Refusal(code)) == ""


def test_a_crash_does_not_start_the_run_twice(
    tmp_path: Path, desk: Desk, people: list[Household]
) -> None:
    bag = bag_at(desk, people[:3])
    start_batch(desk.station, bag.batch_id)
    bag.load(0)
    desk.station.store.close()
    again = open_desk(tmp_path, clock=desk.clock, reader=VirtualReader("again"))
    with closing(again.station.store):
        bag.desk = again
        start_batch(again.station, bag.batch_id)
        assert bag.refused(0) == "line_already_done"
        bag.load(1)
        bag.load(2)
        assert finish_batch(again.station, bag.batch_id)
        assert [step for step, _ in bag.steps] == ["started", "finished"]
        again.reader.pull()


def test_nothing_is_recorded_twice_by_pausing_twice(desk: Desk, people: list[Household]) -> None:
    bag = bag_at(desk, people[:2])
    pause_batch(desk.station, bag.batch_id)
    assert bag.steps == []
    start_batch(desk.station, bag.batch_id)
    pause_batch(desk.station, bag.batch_id)
    pause_batch(desk.station, bag.batch_id)
    assert [step for step, _ in bag.steps] == [Step.STARTED.value, Step.PAUSED.value]
