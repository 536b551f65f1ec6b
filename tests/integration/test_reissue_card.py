"""What a card in the place of another needs, carries and leaves on file; one desk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.card import CardType
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.ledger import PEOPLE, EntryKind
from cardstation.domain.meter import CounterSchool
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Work
from cardstation.errors import LedgerRefused, Refusal
from cardstation.services.import_directory import our_word, up_to_date
from cardstation.services.intent import whole_card
from cardstation.services.intent.lost_card import MeterRead
from cardstation.services.issue_card import issue_card
from cardstation.services.lay_aside import lay_aside
from cardstation.services.pay_batch import pay_batch
from cardstation.services.recover import recover
from cardstation.services.reissue_card import reissue_card
from cardstation.services.rejoin import rejoin
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.makers import MAKERS
from drivers.virtual import Tear, VirtualCard
from tests.kit.clearing import put
from tests.kit.issuing import blank, issue
from tests.kit.memory_ledger import MemoryLedger
from tests.kit.reissuing import (
    SECOND,
    WHY,
    cancelled,
    desk_at,
    home_of,
    live_generation,
    meter_of,
    not_reissued,
    refused,
    reissue,
    slip_of,
    taken_back,
)
from tests.kit.station import Desk, card_of, layout_of, line, open_desk, put_batch
from tests.kit.two_stations import line_of, two_stations

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

RULES = MAKERS[0]
HOME = home_of(RULES)
GREATER = next(one for one in MAKERS if one.school is CounterSchool.GREATER)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = desk_at(tmp_path, HOME)
    yield opened
    opened.station.store.close()


def sold(desk: Desk, yuan: str = "100") -> VirtualCard:
    card = card_of(HOME)
    desk.sell(card, yuan)
    desk.reader.pull()
    return card


def ok(desk: Desk) -> None:
    found = verify(desk.station)
    assert found.ok, found.disagreements


def test_it_is_a_copy_of_what_the_last_load_left(desk: Desk) -> None:
    old, new = sold(desk), blank(RULES)
    slip = slip_of(desk, HOME, new)
    before, shown = (layout_of(RULES).decode(one.image) for one in (old, new))
    assert shown.credit == replace(before.credit, sequence=0)
    assert shown.limits == before.limits
    assert shown.identity == replace(
        before.identity, card_type=CardType.REISSUE, generation=before.identity.generation + 1
    )
    assert (slip.work, slip.generation, slip.counter) == (Work.REISSUE, 1, 51)
    assert (slip.quantity, slip.approver) == (before.credit.quantity, SECOND.name)
    with desk.station.store.reading() as reading:
        facts = [one.entry for one in reading.journal.every()][-2:]
        load = reading.topups.of_account(HOME.account_no)[0]
        work = reading.topups.of_account(HOME.account_no)[-1]
    assert [one.kind for one in facts] == [EntryKind.CARD_ARMED, EntryKind.CARD_WRITTEN]
    assert (facts[0].approver, facts[0].witness) == (SECOND.name, PEOPLE + WHY)
    assert (work.corrects, work.identity.generation) == (load.topup_id, 1)
    assert desk.household().purchase_counter == 51
    ok(desk)


@pytest.mark.parametrize("loads", [0, 1])
def test_without_a_live_load_it_carries_the_counter_that_stands(desk: Desk, loads: int) -> None:
    """Never loaded here, or the last load was taken back: no gas, and the next sale goes on."""
    old = card_of(HOME)
    meter = meter_of(old, RULES)
    if loads:
        desk.sell(old)
        assert taken_back(desk, old) == ""
    new = reissue(desk, HOME)
    shown = layout_of(RULES).decode(new.image).credit
    assert shown is not None
    assert (shown.quantity.litres, shown.purchase_counter) == (0, 50)  # type: ignore[union-attr]
    assert refused(desk, new) == ""
    assert meter.take(new).credited
    assert not meter.take(old).credited
    ok(desk)


@pytest.mark.parametrize("rules", [RULES, GREATER], ids=lambda one: one.school.value)
def test_a_purchase_no_desk_knows_of_is_read_off_the_meter(tmp_path: Path, rules: object) -> None:
    """A machine loaded the old card; a copy of our load would lie on the new one for ever."""
    home = home_of(rules)  # type: ignore[arg-type]
    desk, old = desk_at(tmp_path, home, rules), card_of(home, rules)  # type: ignore[arg-type]
    meter = meter_of(old, rules)  # type: ignore[arg-type]
    desk.sell(old)
    desk.reader.pull()
    meter.take(old)
    meter.state = replace(meter.state, purchase_counter=53, taken_mark=b"mach")
    blind = reissue(desk, home, rules=rules)  # type: ignore[arg-type]
    meter.take(blind)
    assert refused(desk, blind).startswith("load_still_on_card")
    read = MeterRead("report 4711", 53)
    new = reissue(desk, home, rules=rules, meter=read)  # type: ignore[arg-type]
    assert desk.household().purchase_counter == 53
    assert refused(desk, new) == ""
    assert meter.take(new).credited
    ok(desk)
    desk.station.store.close()


def test_where_the_file_counts_further_its_counter_holds(desk: Desk) -> None:
    sold(desk)
    put(desk, replace(desk.household(), purchase_counter=52))
    shown = layout_of(RULES).decode(reissue(desk, HOME).image).credit
    assert shown is not None
    assert (shown.purchase_counter, bool(shown.quantity)) == (52, False)
    ok(desk)


def test_a_reported_number_means_the_card_of_that_day(desk: Desk) -> None:
    """The number is the household's for ever; a list that still names it means the lost card."""
    old = card_of(HOME)
    meter = meter_of(old, RULES)
    for _ in range(2):
        with desk.station.store.unit() as unit:
            unit.blocked.replace({HOME.card_no: "lost"})
            unit.commit()
    assert refused(desk, old) == "card_blacklisted"
    new = reissue(desk, HOME)
    meter.take(new)
    assert refused(desk, new) == ""
    with desk.station.store.unit() as unit:
        unit.blocked.replace({HOME.card_no: "lost", "1": "dead"})
        unit.commit()
    meter.take(new)
    assert refused(desk, new) == ""
    with desk.station.store.unit() as unit:
        assert unit.blocked.live() == {"1"}
        unit.blocked.replace({})
        unit.blocked.replace({HOME.card_no: "lost once more"})
        unit.commit()
    assert refused(desk, new) == "card_blacklisted"


def test_only_a_blank_is_written(desk: Desk) -> None:
    old = sold(desk)
    before = old.image
    assert not_reissued(desk, HOME, card=old) == "not_blank"
    assert old.image == before
    assert live_generation(desk) == 0
    assert not recover(desk.station)


def test_two_persons_say_who_the_customer_is(desk: Desk) -> None:
    sold(desk)
    desk.reader.insert(blank(RULES))
    presence = desk.reader.wait_card(0)
    assert presence is not None
    for approval, why, code in (
        (Approval("demo"), WHY, "second_person_same"),
        (SECOND, "x", "proof_missing"),
    ):
        with pytest.raises(Refusal, match=code):
            reissue_card(
                *(desk.station, desk.reader, presence, HOME.account_no, approval, why),
                desk.steps.append,
            )


@pytest.mark.parametrize("status", [HouseholdStatus.STOPPED, HouseholdStatus.CLOSED])
def test_a_stopped_or_closed_account_gets_none(desk: Desk, status: HouseholdStatus) -> None:
    put(desk, replace(HOME, status=status))
    assert not_reissued(desk, HOME) == f"account_{status.value}"


def test_a_household_that_never_had_a_card_is_issued_one(tmp_path: Path) -> None:
    home = home_of(RULES, counter=0)
    desk = desk_at(tmp_path, home)
    assert not_reissued(desk, home) == "never_had_card"
    desk.station.store.close()


def test_a_card_that_never_met_its_meter_is_issued_again(tmp_path: Path) -> None:
    home = home_of(RULES, counter=0)
    desk = desk_at(tmp_path, home)
    assert issue(desk, blank(RULES), home).work == Work.ISSUE
    desk.reader.pull()
    assert not_reissued(desk, home) == "never_had_card"
    desk.station.store.close()


def test_a_meter_that_was_replaced_takes_no_card_in_the_place_of_another(desk: Desk) -> None:
    sold(desk)
    put(desk, replace(desk.household(), meter=replace(HOME.meter, meter_no="QM0000000001")))
    assert not_reissued(desk, HOME) == "reissue_other_meter"


def test_the_cards_of_a_meter_are_counted(desk: Desk) -> None:
    sold(desk)
    put(desk, replace(desk.household(), generation=255))
    assert not_reissued(desk, HOME) == "reissues_used_up"


def test_a_card_begun_is_no_issue_and_is_laid_aside_alone(desk: Desk) -> None:
    sold(desk)
    torn = blank(RULES)
    torn.chip.arm(Tear(20))
    assert not_reissued(desk, HOME, card=torn) == "card_work_unknown"
    torn.chip.arm(None)
    desk.reader.insert(blank(RULES))
    presence = desk.reader.wait_card(0)
    assert presence is not None
    with pytest.raises(Refusal, match="card_work_open"):
        issue_card(desk.station, desk.reader, presence, HOME.account_no, desk.steps.append)
    lay_aside(desk.station, HOME.account_no, SECOND, "it was cut in two")
    assert live_generation(desk) == 1
    assert refused(desk, card_of(HOME)) == "old_card"
    third = reissue(desk, HOME)
    assert layout_of(RULES).decode(third.image).identity.generation == 2
    ok(desk)


def test_another_blank_is_harmless_where_the_meter_counts(desk: Desk) -> None:
    """Whole, and its seal lost: the card went away unseen, and another is made."""
    old, lost = sold(desk), blank(RULES)
    meter = meter_of(old, RULES)
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(whole_card, "record_written", _unplugged)
        with pytest.raises(RuntimeError):
            reissue(desk, HOME, lost)
    new = reissue(desk, HOME)
    gas = [bool(meter.take(one).credited) for one in (lost, new, old)]
    assert gas == [True, False, False]
    assert refused(desk, new) == ""
    ok(desk)


def _unplugged(*_: object) -> None:
    raise RuntimeError


def test_the_last_load_of_a_batch_of_another_desk_stays_with_that_desk(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    here = open_desk(tmp_path / "a", households=[HOME], ledger=ledger)
    batch = put_batch(here, [line(HOME, 1)])
    pay_batch(here.station, batch, tender=Tender.CASH, money=Money.of_yuan("100"))
    old = card_of(HOME)
    meter = meter_of(old, RULES)
    here.load(batch, old)
    here.reader.pull()
    sync(here.station)
    there = open_desk(tmp_path / "b", households=[HOME], ledger=MemoryLedger("S002", ledger.centre))
    there.station = replace(there.station, name="S002", number=2)
    assert not_reissued(there, HOME) == "reissue_of_their_batch"
    meter.take(old)
    read = MeterRead("photo 9", meter.state.purchase_counter)
    new = reissue(there, HOME, meter=read)
    assert refused(there, new) == ""
    for one in (here, there):
        ok(one)
        one.station.store.close()


def test_a_store_that_lost_its_tail_knows_the_new_card_again(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    open_desk(tmp_path / "day", households=[HOME], ledger=ledger).station.store.close()
    shutil.copytree(tmp_path / "day", tmp_path / "backup")
    desk = open_desk(tmp_path / "day", households=[HOME], ledger=ledger)
    sold(desk)
    new = reissue(desk, HOME)
    sync(desk.station)
    desk.station.store.close()
    restored = open_desk(tmp_path / "backup", households=[HOME], ledger=ledger)
    with suppress(LedgerRefused):
        sync(restored.station)
    rejoin(restored.station, SECOND)
    assert live_generation(restored) == 1
    assert refused(restored, card_of(HOME)) == "old_card"
    assert taken_back(restored, new) == "lost_card_has_it_too"
    ok(restored)
    restored.station.store.close()


def test_a_file_that_says_less_than_was_made_is_named(desk: Desk) -> None:
    sold(desk)
    reissue(desk, HOME)
    put(desk, replace(desk.household(), generation=0))
    assert [one.code for one in verify(desk.station).disagreements] == ["generation_disagrees"]


def test_a_directory_with_another_card_number_counts_anew(desk: Desk) -> None:
    with desk.station.store.reading() as reading:
        ours = our_word(reading)
    known = replace(HOME, generation=2)
    assert up_to_date(known, HOME, ours).now.generation == 2
    other = up_to_date(known, replace(HOME, card_no="88013025009999"), ours)
    assert other.now.generation == 0


def test_what_was_begun_and_not_written_waits_for_the_ledger_on_any_blank(tmp_path: Path) -> None:
    """Where the meter counts nothing, too: no byte was written, so no other card has the load."""
    rules = next(one for one in MAKERS if one.school is CounterSchool.NONE)
    home = home_of(rules)
    with two_stations(tmp_path, households=[home]) as (here, _there, _centre):
        old = card_of(home, rules)
        here.sell(old)
        here.reader.pull()
        line, read = line_of(here), MeterRead("photo 5")

        def falls(asked: str) -> None:
            with here.station.store.reading() as reading:
                line.down = asked == "ledger.push" and bool(
                    reading.topups.reissues_of(home.account_no)
                )

        line.boundary = falls
        assert not_reissued(here, home, rules=rules, meter=read) == "reissue_needs_ledger"
        line.boundary, line.down = (lambda _asked: None), False
        torn = blank(rules)
        torn.chip.arm(Tear(30))
        assert not_reissued(here, home, card=torn, rules=rules) == "card_work_unknown"
        torn.chip.arm(None)
        line.down = True
        assert not_reissued(here, home, rules=rules) == "reissue_same_card"
        assert not_reissued(here, home, card=torn, rules=rules) == ""
        assert meter_of(old, rules).take(torn).credited
        ok(here)


def test_no_card_is_taken_back_while_another_may_be_out_there(desk: Desk) -> None:
    """Written whole and its seal lost, and made once more; or laid aside, and perhaps whole."""
    sold(desk)
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(whole_card, "record_written", _unplugged)
        with pytest.raises(RuntimeError):
            reissue(desk, HOME)
    second = reissue(desk, HOME)
    assert cancelled(desk, second) == "reissue_not_undone"
    torn = blank(RULES)
    torn.chip.arm(Tear(20))
    assert not_reissued(desk, HOME, card=torn) == "card_work_unknown"
    lay_aside(desk.station, HOME.account_no, SECOND, "it was cut in two")
    assert cancelled(desk, reissue(desk, HOME)) == "reissue_not_undone"
    ok(desk)
