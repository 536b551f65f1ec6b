"""A team's laptop records a collection at the door; the desk with the list has it, once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cardstation.bootstrap.entry import doors
from cardstation.cli.custody_answer import answer_custody
from cardstation.cli.output import Output
from cardstation.cli.run import Call
from cardstation.domain.batch_life import BatchStep, Stage, Step
from cardstation.domain.custody import Explanation, HandOver, Party, Where, Why
from cardstation.domain.ledger import Entry
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.seal_number import QR_PREFIX, seal_grouped, seal_number
from cardstation.domain.shift import Approval
from cardstation.errors import LedgerUnreachable, Refusal
from cardstation.i18n import translator
from cardstation.ports.ledger import Ledger
from cardstation.services.bag_papers import custody_slip
from cardstation.services.close_batch import close_batch, hindrance
from cardstation.services.collect_bag import collect_bag
from cardstation.services.custody_state import CustodyState
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.explain_card import explain_card
from cardstation.services.hand_over import HandOverRequest
from cardstation.services.hear_of_bags import hear_of_bags
from cardstation.services.intent.signed_over import open_items
from cardstation.services.pay_batch import pay_batch
from cardstation.services.photograph_paper import photograph_paper
from cardstation.services.rejoin import rejoin
from cardstation.services.sync import sync
from cardstation.services.trace_bag import trace_bag
from cardstation.services.verify import verify
from cardstation.settings import Settings
from cardstation.store.frozen import freeze, thaw
from tests.kit.door import DIFFERS, HOMES, Door
from tests.kit.handing import ON_PAPER, SIGNED, hand
from tests.kit.lists import list_row, taken
from tests.kit.memory_ledger import Centre
from tests.kit.station import Desk, card_of
from tests.kit.two_stations import line_of, open_station, told, two_stations


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with two_stations(tmp_path, households=HOMES) as (one, other, _):
        yield Door(one, other)
        assert verify(one.station).ok
        assert verify(other.station).ok


def test_what_was_signed_at_the_door_is_in_the_desks_timeline_once(door: Door) -> None:
    line_of(door.laptop).down = True
    door.collect()
    assert trace_bag(door.laptop.station, door.seal).counts[Party.TEAM] == 4, "known offline"
    line_of(door.laptop).down = False
    for _ in range(3):
        door.hear()
    [one] = door.reported
    assert isinstance(one.moved, HandOver)
    assert (one.step.step, door.state.stage) == (Step.COLLECTED, Stage.COLLECTED)
    assert (one.moved.arrived, one.moved.places, one.photo_due) == (4, (1, 2, 3, 4), False)
    assert one.reported is not None
    assert (one.reported.station, one.reported.beside, one.ours) == ("S002", False, None)
    [sent] = door.laptop.station.ledger.entries_after(0)  # type: ignore[union-attr]
    assert one.reported.entry_id in sent.decode()
    assert door.state.custody.tally[Where.TEAM] == 4
    assert door.state.seals == (door.seal,)
    assert all("陈国栋" not in one.sent.raw.decode() for one in line_of(door.desk).centre.posted)
    slip = custody_slip(door.desk.station, door.batch_id)
    assert (slip.station, slip.given_by, slip.given_picture) == ("S002", "", b"")

    for seal_no in (door.seal, ""):
        with pytest.raises(Refusal, match="bag_collected_already") as stop:
            hand(
                door.desk.station,
                door.batch_id,
                Party.MANAGER,
                Party.TEAM,
                seal_no=seal_no,
                arrived=4,
            )
        assert stop.value.values["seal_no"] == door.seal
    state = door.hand(Party.TEAM, Party.DESK)
    assert state.timeline[-1].moved == replace(one.moved, **_received(state))
    assert (state.stage, state.custody.lacking) == (Stage.RECEIVED, 0)
    door.hear()
    assert len(door.reported) == 1


def _received(state: CustodyState) -> dict[str, Any]:
    told = state.timeline[-1].moved
    assert isinstance(told, HandOver)
    signed = {"given_signed": told.given_signed, "taken_signed": told.taken_signed}
    return {"giver": Party.TEAM, "taker": Party.DESK, "people": told.people, **signed}


def test_the_desk_is_held_against_what_the_team_signed(door: Door) -> None:
    door.collect(3)
    door.hear()
    state = door.hand(Party.TEAM, Party.DESK, arrived=2)
    told = state.timeline[-1].moved
    assert isinstance(told, HandOver)
    assert (told.expected, told.arrived) == (3, 2), "the team signed for three"
    assert state.custody.lacking == 2, "one never came, one was lost on the way"
    assert "cards_not_explained" in door.codes


@pytest.mark.parametrize(
    ("own", "theirs", "ours"),
    [
        ((Party.MANAGER, Party.TEAM, {"arrived": 4}), 4, None),
        ((Party.MANAGER, Party.TEAM, {"arrived": 4}), 3, 4),
        ((Party.TEAM, Party.DESK, {"arrived": 3, "expected": 4}), 4, None),
        ((Party.TEAM, Party.DESK, {"arrived": 3, "expected": 4}), 3, None),
        ((Party.TEAM, Party.DESK, {"arrived": 3, "expected": 3}), 4, 3),
    ],
)
def test_what_comes_late_stands_beside_the_desks_own_record(
    door: Door, own: tuple[Party, Party, dict[str, int]], theirs: int, ours: int | None
) -> None:
    giver, taker, said = own
    before = door.hand(giver, taker, **said)
    door.collect(theirs)
    for _ in range(2):
        door.hear()
    [one] = door.reported
    assert (one.moved, one.ours, one.photo_due) == (None, ours, ours is not None)
    assert door.state.custody == before.custody, "it moved no card"
    assert door.state.stage is before.stage
    assert (DIFFERS in door.codes) is (ours is not None)


def test_a_difference_is_open_until_the_slip_is_photographed(door: Door) -> None:
    door.hand(Party.MANAGER, Party.TEAM)
    door.hand(Party.TEAM, Party.DESK)
    door.collect(3)
    door.hear()
    [case] = [one for one in exceptions_state(door.desk.station) if one.code == DIFFERS]
    [one] = door.reported
    told = {"station": "S002", "theirs": 3, "ours": 4, "number": one.step.seq}
    assert {name: case.values[name] for name in told} == told
    with door.desk.station.store.reading() as reading:
        assert DIFFERS in [item.code for item in open_items(reading, door.now)]
    hand(door.desk.station, door.batch_id, Party.DESK, Party.MANAGER)
    assert (held := hindrance(door.state)) is not None
    assert held.code == "paper_to_photograph"
    photograph_paper(door.desk.station, door.batch_id, one.step.seq, SIGNED)
    assert DIFFERS not in door.codes
    assert door.reported[0].ours == 3 + 1, "it stays told"


def test_signed_on_paper_the_desk_photographs_the_slip(door: Door) -> None:
    door.collect(**ON_PAPER)
    door.hear()
    [one] = door.reported
    assert (one.photo_due, door.codes) == (True, ["paper_to_photograph"])
    photograph_paper(door.desk.station, door.batch_id, 0, SIGNED)
    assert door.codes == []


def test_another_bag_of_the_same_batch_is_taken_too(door: Door) -> None:
    door.collect(3)
    door.hear()
    door.hand(Party.TEAM, Party.DESK)
    second = seal_number(door.desk.station.number, door.batch_id, 2)
    door.collect(1, seal_no=second)
    door.hear()
    first, other = door.reported
    assert first.moved is not None
    assert isinstance(other.moved, HandOver)
    assert (other.moved.arrived, other.moved.places) == (1, ())
    state = hand(door.desk.station, door.batch_id, Party.TEAM, Party.DESK, seal_no=second)
    assert state.custody.lacking == 0
    assert state.seals == (door.seal, second)


def test_an_open_bag_of_ours_may_be_that_one(door: Door) -> None:
    desk = door.desk.station
    hand(desk, door.batch_id, Party.MANAGER, Party.DESK, seal_no="")
    assert door.state.seals == ()
    door.collect(4)
    door.hear()
    assert door.state.seals == (door.seal,), "no other bag gets its label"
    [one] = door.reported
    assert (one.moved, one.ours) == (None, None)


def test_a_bag_that_is_run_already_is_shown_beside(door: Door) -> None:
    desk = door.desk
    pay_batch(desk.station, door.batch_id, tender=Tender.CASH, money=Money.of_yuan("400"))
    desk.load(door.batch_id, card_of(HOMES[0]))
    door.collect(4)
    before = door.state.custody
    door.hear()
    [one] = door.reported
    assert (one.moved, one.ours, door.state.custody) == (None, None, before)


def test_what_is_heard_of_a_closed_batch_changes_nothing(door: Door) -> None:
    door.collect()
    told(door.laptop)
    never = Explanation(Why.NEVER_GIVEN, (1, 2, 3, 4))
    explain_card(door.desk.station, door.batch_id, never, Approval("017"))
    close_batch(door.desk.station, door.batch_id)
    taken(door.desk.station, [list_row(one, "50") for one in HOMES])
    door.hear()
    assert (door.reported, door.state.stage) == ([], Stage.CLOSED)


def sent_by(door: Door) -> Entry:
    told(door.laptop)
    [entry] = line_of(door.desk).centre.sealed_hand_overs("S002", door.seal, door.seal)
    return entry


STRANGE: list[dict[str, Any]] = [
    {"detail": ""},
    {"detail": "{}"},
    {"at": "yesterday"},
    {"subject": "0000126112401025"},
    {"told": {"arrived": "4"}},
    {"told": {"arrived": 0}},
    {"told": {"expected": 1e3}},
    {"told": {"giver": "desk"}},
    {"told": {"places": [1]}},
    {"told": {"people": 7}},
    {"told": {"seal_no": ""}},
]


@pytest.mark.parametrize("strange", STRANGE)
def test_what_is_no_collection_is_left_out(door: Door, strange: dict[str, Any]) -> None:
    door.collect()
    entry = sent_by(door)
    step = thaw(BatchStep, entry.detail)
    if said := strange.get("told"):
        detail = json.dumps(json.loads(step.detail) | said)
        wrong = replace(entry, detail=freeze(replace(step, detail=detail)))
    else:
        wrong = replace(entry, **strange)
    answers = SimpleNamespace(sealed_hand_overs=lambda *_seals: (wrong, wrong))
    assert hear_of_bags(replace(door.desk.station, ledger=cast("Ledger", answers))) == 0
    assert door.reported == []


def test_a_laptop_records_a_bag_once_and_only_what_is_another_desks(door: Door) -> None:
    door.collect(seal_no=f"{QR_PREFIX}{door.seal}")
    with pytest.raises(Refusal, match="bag_collected_already"):
        door.collect(3, seal_no=seal_grouped(door.seal))
    own = seal_number(2, door.batch_id, 1)
    later = seal_number(1, door.batch_id, 7)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"seal_no": own}, "bag_listed_here"),
        ({"seal_no": door.seal[:-1]}, "seal_number_wrong"),
        ({"seal_no": ""}, "seal_number_wrong"),
        ({"arrived": 0}, "hand_over_count"),
        ({"expected": -1}, "hand_over_count"),
        ({"given_by": ""}, "name_missing"),
        ({"taken_picture": b""}, "signature_missing"),
        ({"given_picture": b"GIF89a"}, "signature_not_picture"),
    ]
    for said, code in refused:
        with pytest.raises(Refusal) as why:
            door.collect(**({"seal_no": later} | said))
        assert why.value.code == code
    back = HandOverRequest(Party.TEAM, Party.DESK, 4, seal_no=later)
    with pytest.raises(Refusal, match="hand_over_way"):
        collect_bag(door.laptop.station, back)
    assert len(door.laptop.station.ledger.entries_after(0)) == 0  # type: ignore[union-attr]
    told(door.laptop)
    assert len(door.laptop.station.ledger.entries_after(0)) == 1  # type: ignore[union-attr]


def test_the_laptop_has_no_batch_and_no_lost_list_of_it(door: Door) -> None:
    door.collect()
    assert exceptions_state(door.laptop.station) == ()
    with door.laptop.station.store.reading() as reading:
        assert open_items(reading, door.now) == ()
        assert reading.batches.ids() == ()


def test_every_station_learns_of_it_by_the_seal(door: Door) -> None:
    door.collect(3)
    told(door.laptop)
    assert trace_bag(door.desk.station, door.seal).last is None
    found = trace_bag(door.laptop.station, door.seal)
    assert (found.station, found.ours, found.counts[Party.TEAM]) == ("00001", False, 3)
    assert found.batch_id == "-".join(door.batch_id.split("-")[:4])
    door.hear()
    named = trace_bag(door.laptop.station, door.seal)
    assert (named.station, named.batch_id) == ("S001", door.batch_id)
    assert named.counts == found.counts, "counted once"
    assert trace_bag(door.desk.station, door.seal).counts == found.counts


def test_a_desk_put_back_from_its_backup_has_it_once_all_the_same(tmp_path: Path) -> None:
    books = Centre()

    def opened(folder: str) -> Desk:
        return open_station(tmp_path / folder, books, "S001", households=HOMES)

    desk = opened("day")
    laptop = open_station(tmp_path / "laptop", books, "S002")
    door = Door(desk, laptop)
    told(desk)
    desk.station.store.close()
    shutil.copytree(tmp_path / "day", tmp_path / "backup")
    door.desk = opened("day")
    door.collect()
    door.hear()
    before = door.state
    door.desk.station.store.close()
    door.desk = opened("backup")
    assert door.reported == []
    rejoin(door.desk.station, Approval("supervisor"))
    door.hear()
    assert (door.state.timeline, door.state.custody) == (before.timeline, before.custody)
    for one in (door.desk, laptop):
        assert verify(one.station).ok
        one.station.store.close()


def test_what_an_unheard_answer_left_out_is_taken_with_the_next(door: Door) -> None:
    door.collect()
    told(door.laptop)

    def unheard(name: str) -> None:
        if name == "ledger.bags":
            raise LedgerUnreachable

    line_of(door.desk).boundary = unheard
    with pytest.raises(LedgerUnreachable):
        sync(door.desk.station)
    assert door.reported == []
    line_of(door.desk).boundary = lambda _name: None
    door.hear()
    assert len(door.reported) == 1


def test_a_desk_without_open_batches_asks_nothing(door: Door) -> None:
    asked: list[str] = []
    line_of(door.laptop).boundary = asked.append
    assert hear_of_bags(door.laptop.station) == 0
    assert asked == []
    alone = replace(door.desk.station, ledger=None)
    assert hear_of_bags(alone) == 0
    with pytest.raises(Refusal, match="bag_not_known_here"):
        trace_bag(alone, seal_number(9, door.batch_id, 1))


def test_the_command_line_says_where_it_was_recorded(
    door: Door, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = Call(doors(), Settings(tmp_path), Output(False), translator("zh_CN"))
    door.hand(Party.MANAGER, Party.TEAM)
    door.collect(3)
    door.hear()
    answer_custody(call, door.state)
    said = capsys.readouterr().out
    assert f"3 / 3  {door.seal}  记录于站点 S002" in said
    assert "与本厅自己的记录并列" in said
    answer_custody(replace(call, output=Output(True)), door.state)
    [event] = [one for one in json.loads(capsys.readouterr().out)["timeline"] if "reported" in one]
    told = event["reported"]
    assert (event["ours"], told["station"], told["told"]["arrived"]) == (4, "S002", 3)
    assert (told["beside"], "giver" in event) == (True, False)
