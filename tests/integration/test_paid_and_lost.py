"""Paid and on record as not written, its card gone on since: written once, or people look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.meter import MakerRules
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TopUpState
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.ports.layout import Layout
from cardstation.services import top_up as selling
from cardstation.services.dispute import dispute
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_out import pay_out
from cardstation.services.refund import request_refund
from cardstation.services.rejoin import rejoin
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.verify import verify
from drivers.layouts import LAYOUTS
from drivers.layouts.open4442 import DECLARATION, OPEN4442
from drivers.layouts.two_slot import TwoSlotLayout
from drivers.makers import TRAINING
from drivers.virtual.meter import VirtualMeter
from tests.kit import cards
from tests.kit.memory_ledger import Centre
from tests.kit.station import Desk, card_of, neighbours, nobody
from tests.kit.two_stations import line_of, open_station, told

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

HOME = cards.household()
(NEXT_DOOR,) = neighbours(1)
SECOND = Approval("supervisor")
PROOF = "meter QM17996 shows what it took, photo 118"
EXACT, GREATER, CUMULATIVE, NONE = TRAINING
LOADED = 29_000


class Cut(BaseException):
    """The power goes."""


class Story:
    """Two desks, a card and its meter; the first desk's store is put back as it was once."""

    def __init__(
        self, folder: Path, rules: MakerRules, layouts: tuple[Layout, ...] = LAYOUTS
    ) -> None:
        self.folder, self.rules, self.centre = folder, rules, Centre()
        self.layouts = layouts
        self.card = card_of(HOME, rules)
        self.meter = VirtualMeter.of_card(OPEN4442.decode(self.card.image), OPEN4442, rules.school)
        self.began = self.meter.state.cumulative
        self.here, self.other = self._open("S001"), self._open("S002")

    def paid(self) -> str:
        """Money is taken for a load, then the power goes; the folder is copied as it is then."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(selling, "arm", _cut)
            with pytest.raises(Cut):
                self.here.sell(self.card)
        return self._copied()

    def not_loaded(self) -> str:
        """As `paid`, but armed too; then the card's code could not be presented."""
        self.card.chip.security[0] = 3
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(selling, "ensure_unlockable", lambda *_given: None)
            with pytest.raises(Refusal, match="code_tries_low"):
                self.here.sell(self.card)
        self.card.chip.security[0] = 7
        return self._copied()

    def _copied(self) -> str:
        told(self.here)
        (waiting,) = open_intents(self.here.station)
        self._closed()
        shutil.copytree(self.folder / "S001", self.folder / "copy")
        self.here = self._open("S001")
        line_of(self.here).down = True
        return waiting.intent_id

    def put_back(self) -> None:
        """The copy comes back, what was sold since is lost, and two people rejoin the books."""
        line_of(self.here).down = True
        self.here.sell(card_of(replace(NEXT_DOOR, purchase_counter=self._next_door())))
        told(self.other)
        self._closed()
        for name in ("station.db-wal", "station.db-shm"):
            (self.folder / "S001" / name).unlink(missing_ok=True)
        shutil.copy2(self.folder / "copy" / "station.db", self.folder / "S001" / "station.db")
        self.here = self._open("S001")
        rejoin(self.here.station, SECOND)

    def _next_door(self) -> int:
        return self.here.household(NEXT_DOOR.account_no).purchase_counter

    def _open(self, name: str) -> Desk:
        homes = [HOME, NEXT_DOOR]
        desk = open_station(self.folder, self.centre, name, households=homes)
        desk.station = replace(desk.station, layouts=self.layouts)
        return desk

    def at(self, desk: Desk, work: Any, *given: Any) -> Any:
        inserted = desk.insert(self.card)
        try:
            return work(desk.station, inserted, *given)
        finally:
            inserted.close()
            desk.reader.pull()

    def sold_elsewhere(self, times: int = 1) -> int:
        """Another desk sells, and the meter takes it; returns the litres of it."""
        before = self.meter.state.cumulative
        for _ in range(times):
            self.other.sell(self.card, "50")
            self.other.reader.pull()
            self.home()
        return self.meter.state.cumulative - before

    def home(self) -> None:
        self.meter.take(self.card)

    def looked_at(self, code: str = "paid_in_doubt", state: TopUpState = TopUpState.PAID) -> None:
        """The desk does not write, and says why; the list of what is open says so too."""
        wear = list(self.card.chip.wear)
        for work in (resolve_card, resolve_card):
            with pytest.raises(OutcomeUnknown, match=code):
                self.at(self.here, work)
        with pytest.raises(OutcomeUnknown, match=code):
            self.at(self.here, request_refund, SECOND)
        assert list(self.card.chip.wear) == wear
        (listed,) = open_intents(self.here.station)
        assert (listed.code, listed.state) == (code, state)

    def settled(self, topup_id: str, finding: Finding) -> TopUp:
        assert dispute(self.here.station, topup_id, SECOND).state is TopUpState.DISPUTED
        return settle_dispute(self.here.station, topup_id, finding, PROOF, SECOND, self.shown())

    def shown(self) -> MeterCount:
        """Whatever its meter took besides is the other desk's."""
        return MeterCount(self.meter.state.purchase_counter, another=True)

    def ok(self) -> None:
        line_of(self.here).down = False
        told(self.here, self.other, self.here)
        for desk in (self.here, self.other):
            found = verify(desk.station)
            assert found.ok, found.disagreements

    def close(self) -> None:
        self._closed()
        self.other.station.store.close()

    def _closed(self) -> None:
        self.here.reader.pull()
        self.here.station.store.close()


def _cut(*_given: object) -> None:
    raise Cut


@pytest.fixture(params=TRAINING, ids=lambda rules: rules.school.value)
def story(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Story]:
    with closing(Story(tmp_path, request.param)) as told_now:
        yield told_now


@pytest.mark.parametrize("sold_first", [False, True], ids=["sold after", "sold before"])
def test_one_payment_loads_a_card_once(story: Story, sold_first: bool) -> None:
    """Armed and sealed were lost, the meter took the load, another desk sold before or after."""
    topup_id = story.paid()
    others = story.sold_elsewhere() if sold_first else 0
    assert story.at(story.here, resolve_card).outcome is Outcome.SEALED
    story.home()
    others += story.sold_elsewhere()
    story.put_back()
    story.looked_at()
    assert story.settled(topup_id, Finding.LOADED).state is TopUpState.SEALED
    assert open_intents(story.here.station) == ()
    assert story.meter.state.cumulative - story.began == LOADED + others
    story.ok()
    story.here.sell(story.card)
    story.ok()


@pytest.mark.parametrize("armed", [False, True], ids=["paid", "not loaded"])
def test_a_card_that_stands_where_it_stood_is_not_loaded(story: Story, armed: bool) -> None:
    """Nothing was written; but its money may have gone back in the part that was lost."""
    topup_id = story.not_loaded() if armed else story.paid()
    line_of(story.here).down = False
    asked = story.at(story.here, request_refund, SECOND)
    told(story.here)
    line_of(story.here).down = True
    pay_out(story.here.station, asked.topup_id, SECOND)
    story.put_back()
    with pytest.raises(OutcomeUnknown, match="paid_in_doubt"):
        story.at(story.here, resolve_card)
    story.home()
    assert story.meter.state.cumulative == story.began
    story.at(story.here, request_refund, SECOND)
    with pytest.raises(Refusal, match="payout_in_doubt"):
        pay_out(story.here.station, topup_id, SECOND)
    pay_out(story.here.station, topup_id, SECOND, found="its slip lies in the till")
    assert open_intents(story.here.station) == ()
    story.ok()
    story.here.sell(story.card)
    story.ok()


def test_another_load_with_its_counter_proves_that_it_never_was(story: Story) -> None:
    """A meter takes each counter once; where it counts otherwise, people look."""
    topup_id = story.paid()
    others = story.sold_elsewhere()
    story.put_back()
    if story.rules in (EXACT, GREATER):
        ended = story.at(story.here, request_refund, SECOND)
    else:
        story.looked_at()
        ended = story.settled(topup_id, Finding.NOT_LOADED)
    assert ended.state is TopUpState.REFUND_REQUESTED
    pay_out(story.here.station, topup_id, SECOND, found="no slip of it in the till")
    assert story.meter.state.cumulative - story.began == others
    assert open_intents(story.here.station) == ()
    story.ok()
    story.here.sell(story.card)
    story.ok()


def test_whole_records_load_a_card_that_went_on_elsewhere(story: Story) -> None:
    topup_id = story.paid()
    others = story.sold_elsewhere(2)
    with pytest.raises(Refusal, match="not_disputable"):
        dispute(story.here.station, topup_id, SECOND)
    assert story.at(story.here, resolve_card).outcome is Outcome.SEALED
    story.home()
    assert story.meter.state.cumulative - story.began == LOADED + others
    story.ok()


def test_what_people_settled_comes_back_with_the_next_restored_store(story: Story) -> None:
    topup_id = story.paid()
    story.at(story.here, resolve_card)
    story.home()
    story.sold_elsewhere()
    story.put_back()
    story.looked_at()
    story.settled(topup_id, Finding.LOADED)
    told(story.here)
    story.put_back()
    assert open_intents(story.here.station) == ()
    story.ok()


def test_not_loaded_and_its_card_went_on_is_settled_by_people(story: Story) -> None:
    """Other desks sold twice: nothing is written, and the money goes back once two have looked."""
    topup_id = story.not_loaded()
    with pytest.raises(Refusal, match="not_disputable"):
        dispute(story.here.station, topup_id, SECOND)
    others = story.sold_elsewhere(2)
    story.looked_at("card_not_as_left", TopUpState.NOT_LOADED)
    with pytest.raises(Refusal, match="refund_needs_ledger"):
        story.settled(topup_id, Finding.NOT_LOADED)
    line_of(story.here).down = False
    ended = settle_dispute(
        story.here.station, topup_id, Finding.NOT_LOADED, PROOF, SECOND, story.shown()
    )
    assert ended.state is TopUpState.REFUND_REQUESTED
    pay_out(story.here.station, topup_id, SECOND)
    assert open_intents(story.here.station) == ()
    assert story.meter.state.cumulative - story.began == others
    story.ok()
    story.here.sell(story.card)
    story.ok()


def test_not_loaded_and_written_in_lost_records_is_sealed_by_people(story: Story) -> None:
    """Written after the copy, taken by the meter, another desk sold: one payment, one load."""
    topup_id = story.not_loaded()
    assert story.at(story.here, resolve_card).outcome is Outcome.SEALED
    story.home()
    others = story.sold_elsewhere(2)
    story.put_back()
    story.looked_at("paid_in_doubt", TopUpState.NOT_LOADED)
    assert story.settled(topup_id, Finding.LOADED).state is TopUpState.SEALED
    assert story.meter.state.cumulative - story.began == LOADED + others
    story.ok()
    story.put_back()
    assert open_intents(story.here.station) == ()
    story.ok()


def test_what_people_settled_without_its_target_is_no_load_to_take_back(tmp_path: Path) -> None:
    """The desk refuses what stands on the card now as another's, and knows no target of its own."""
    with closing(Story(tmp_path, EXACT)) as story:
        topup_id = story.paid()
        story.at(story.here, resolve_card)
        story.home()
        story.sold_elsewhere()
        story.put_back()
        story.looked_at()
        story.settled(topup_id, Finding.LOADED)
        line_of(story.here).down = False
        told(story.here, story.other)
        story.other.sell(story.card, "50")
        story.other.reader.pull()
        told(story.other)
        with pytest.raises(Refusal, match="load_not_ours"):
            story.at(story.here, return_load, SECOND, nobody)
        story.ok()


@pytest.mark.parametrize("rules", [EXACT, GREATER], ids=lambda rules: rules.school.value)
def test_a_card_without_marks_proves_nothing_by_another_load_with_its_counter(
    tmp_path: Path, rules: MakerRules
) -> None:
    """What stands there with this counter may be the very load: it cannot say whose it is."""
    nobodys = (TwoSlotLayout(DECLARATION, marks_loads=False),)
    with closing(Story(tmp_path, rules, nobodys)) as story:
        story.paid()
        story.at(story.here, resolve_card)
        story.home()
        story.put_back()
        story.looked_at()
