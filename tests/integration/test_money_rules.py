"""The eleven rules of money safety (MONEY-SAFETY 2), each by its number.

What R4, R5 and R8 say of rare cases is in `test_money_rules_rare.py`.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DatabaseError

from cardstation.domain.card import judge
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TopUpState
from cardstation.errors import LinkFailed, OutcomeUnknown, Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services.intent.facts import stamp
from cardstation.services.issue_receipt import issue_receipt
from cardstation.services.recover import recover
from cardstation.services.refund import request_refund
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from cardstation.store import Store
from cardstation.store.tables import APPEND_ONLY
from drivers.layouts.open4442 import OPEN4442
from drivers.layouts.tears import torn_images
from drivers.virtual import Tear
from tests.kit import card_stories, cards
from tests.kit.full_desk import full_desk, rare_rows
from tests.kit.power import Cut, Power, PowerCut, When
from tests.kit.station import Desk, card_of, neighbours, nobody, open_desk
from tests.kit.sweep import Lab
from tests.kit.sweep_jobs import RETURN, SALE, THEIRS, stock
from tests.kit.sweep_world import World
from tests.kit.two_stations import two_stations

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

HOME = cards.household()
SECOND = Approval("supervisor")
IN_PAYLOAD = Tear(12)


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    opened = open_desk(folder)
    yield opened
    opened.reader.pull()
    opened.station.store.close()


def torn(desk: Desk, card: Any, tear: Tear = IN_PAYLOAD) -> None:
    card.chip.arm(tear)
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(card)
    card.chip.arm(None)


def with_card(desk: Desk, card: Any, work: Any, *args: Any, **named: Any) -> Any:
    inserted = desk.insert(card)
    try:
        return work(desk.station, inserted, *args, **named)
    finally:
        inserted.close()


def entries(desk: Desk) -> list[Entry]:
    with desk.station.store.reading() as reading:
        return [stored.entry for stored in reading.journal.every()]


def after_each_cut(folder: Path, job: Any) -> Iterator[tuple[World, bytes, Desk]]:
    """The world as it lies there after the process died at every third effect of a job.

    The power-cut sweep cuts the others.
    """
    lab = Lab(folder, job, stock)
    for at in range(0, len(lab.boundaries()), 3):
        world = lab.fresh()
        before = world.cards[0].image
        lab._life(world, Power(Cut(at, When.AFTER)))
        left = world.start(Power(), job.station)
        yield world, before, left
        left.station.store.close()


def changed(world: World, before: bytes) -> bool:
    return world.cards[0].image != before


def test_r1_no_card_write_before_paid_is_durable(folder: Path) -> None:
    written = 0
    for world, before, desk in after_each_cut(folder, SALE):
        if changed(world, before):
            written += 1
            assert EntryKind.PAID in {one.kind for one in entries(desk)}
    assert written > 10


@pytest.mark.parametrize("job", [SALE, RETURN, THEIRS], ids=lambda job: job.name)
def test_r2_nothing_changes_a_card_before_armed_and_its_anchor_are_durable(
    folder: Path, job: Any
) -> None:
    written = 0
    for world, before, desk in after_each_cut(folder, job):
        if not changed(world, before):
            continue
        written += 1
        armed = [one for one in entries(desk) if one.kind is EntryKind.ARMED][-1]
        mark = desk.station.store.anchor.read()
        assert mark is not None
        assert mark.seq >= armed.seq
        with desk.station.store.reading() as reading:
            intent = reading.topups.get(armed.subject)
        assert intent is not None
        plan = intent.plan
        assert plan is not None
        seen = judge(plan.before, plan.target, plan.owned, world.cards[0].image)
        assert seen.value != "foreign"
    assert written > 10


def test_r3_one_open_intent_per_card_looked_up_before_anything_else(desk: Desk) -> None:
    card = card_of(HOME)
    torn(desk, card)
    with desk.station.store.reading() as reading:
        (begun,) = reading.topups.open_intents()
    second = replace(begun, topup_id="another", state=TopUpState.QUOTED, plan=None)
    with desk.station.store.unit() as unit, pytest.raises(Refusal) as stop:
        unit.topups.add(second, stamp(desk.station))
    assert stop.value.code == "card_already_begun"
    with pytest.raises(Refusal) as stop:
        desk.sell(card, "50")
    assert stop.value.code == "load_still_on_card"
    with desk.station.store.reading() as reading:
        (only,) = reading.topups.every()
    assert (only.topup_id, only.state) == (begun.topup_id, TopUpState.SEALED)


def test_r4_a_retry_writes_the_same_target_with_the_same_counter(desk: Desk) -> None:
    card = card_of(HOME)
    torn(desk, card)
    before = the_only(desk)
    torn_again = desk.insert(card)
    card.chip.arm(Tear(9))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        resolve_card(desk.station, torn_again)
    torn_again.close()
    card.chip.arm(None)
    with_card(desk, card, resolve_card)
    after = the_only(desk)
    assert before.plan is not None
    assert after.plan is not None
    assert (after.topup_id, after.counter_after) == (before.topup_id, before.counter_after)
    assert after.plan.target == before.plan.target
    assert card.image[0x20:0x80] == before.plan.target[0x20:0x80]


def the_only(desk: Desk) -> TopUp:
    with desk.station.store.reading() as reading:
        (one,) = reading.topups.every()
    return one


def test_r5_no_refund_until_that_card_was_read_and_proves_it(folder: Path) -> None:
    first, other = neighbours(2)
    desk = open_desk(folder, households=[first, other])
    card, another = card_of(first), card_of(other)
    torn(desk, card)
    with pytest.raises(Refusal) as wrong:
        with_card(desk, another, request_refund, SECOND)
    assert wrong.value.code == "no_paid_load"
    with pytest.raises(Refusal) as half:
        with_card(desk, card, request_refund, SECOND)
    assert half.value.code == "card_torn"
    assert TopUpState.REFUND_REQUESTED not in {the_only(desk).state}
    desk.reader.pull()
    desk.station.store.close()


def test_r6_paper_after_sealed_and_a_reprint_says_so(folder: Path) -> None:
    for _, _, desk in after_each_cut(folder, SALE):
        with desk.station.store.reading() as reading:
            papers = reading.receipts.every()
            sealed = {one.subject for one in entries(desk) if one.kind is EntryKind.SEALED}
        assert papers.keys() == sealed
    desk = open_desk(folder / "reprint")
    receipt = desk.sell(card_of(HOME))
    assert not issue_receipt(desk.station, receipt.receipt_no).reprint
    assert issue_receipt(desk.station, receipt.receipt_no).reprint
    desk.reader.pull()
    desk.station.store.close()


class QrService:
    """Takes money once per id; its first answer is lost."""

    tender = Tender.QR_CODE

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.taken: dict[str, Money] = {}

    def take(self, payment_id: str, money: Money, _reference: str) -> PaymentAnswer:
        self.asked.append(f"take {payment_id}")
        self.taken[payment_id] = money
        return PaymentAnswer.UNKNOWN

    def query(self, payment_id: str) -> PaymentAnswer:
        self.asked.append(f"query {payment_id}")
        return PaymentAnswer.TAKEN if payment_id in self.taken else PaymentAnswer.NOT_TAKEN


def test_r7_electronic_money_carries_our_id_and_is_queried_before_any_second_charge(
    folder: Path,
) -> None:
    service = QrService()
    desk = open_desk(folder, payments=(service,))
    card = card_of(HOME)
    with pytest.raises(OutcomeUnknown):
        desk.sell(card, tender=Tender.QR_CODE)
    ours = the_only(desk).topup_id
    with_card(desk, card, resolve_card)
    assert service.asked == [f"take {ours}", f"query {ours}"]
    assert verify(desk.station).money_terms["tenders"] == 10_000
    desk.reader.pull()
    desk.station.store.close()


def test_r8_recovery_runs_before_the_desk_opens_and_may_itself_be_cut(folder: Path) -> None:
    lab = Lab(folder, SALE, stock, Tender.QR_CODE, answers=True)
    names = lab.boundaries()
    asked = Cut(names.index("payment"), When.AFTER)
    first = lab.fresh()
    lab._life(first, Power(asked))
    power = Power()
    desk = first.start(power)
    recover(desk.station)
    desk.station.store.close()
    assert power.names == ["payment.query", "commit", "anchor"]
    for at, when in itertools.product((0, 1, 2), (When.BEFORE, When.AFTER)):
        world = lab.fresh()
        lab._life(world, Power(asked))
        with pytest.raises(PowerCut):
            _recovered(world, Power(Cut(at, when)))
        assert _recovered(world, Power()) == [TopUpState.PAID]


def _recovered(world: World, power: Power) -> list[TopUpState]:
    desk = world.start(power)
    try:
        recover(desk.station)
        with desk.station.store.reading() as reading:
            return [one.state for one in reading.topups.every()]
    finally:
        desk.station.store.close()


def test_r9_the_counter_is_the_key_over_live_loads(folder: Path) -> None:
    with two_stations(folder) as (here, there, centre):
        card, copied = card_of(HOME), card_of(HOME)
        here.sell(card)
        there.sell(copied)
        sync(here.station)
        sync(there.station)
        assert [one.code for one in _exceptions(there)] == ["double_load"]
        assert not _exceptions(here)
        assert centre.balances["suspense:double_load"]
    with two_stations(folder / "returned") as (desk, _, centre):
        card = card_of(HOME)
        desk.sell(card)
        with_card(desk, card, return_load, SECOND, nobody, reading="photo 1")
        desk.sell(card)
        sync(desk.station)
        assert not _exceptions(desk)


def _exceptions(desk: Desk) -> tuple[Any, ...]:
    with desk.station.store.reading() as reading:
        return reading.outbox.exceptions()


@pytest.fixture(scope="module")
def full_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which every table has rows."""
    place = tmp_path_factory.mktemp("full")
    desk = full_desk(place)
    rare_rows(desk)
    desk.reader.pull()
    desk.station.store.close()
    return place


@pytest.mark.parametrize("table", APPEND_ONLY, ids=lambda table: table.name)
def test_r10_nothing_is_edited(full_store: Path, table: Any) -> None:
    with Store.open(full_store) as store, store.unit() as unit:
        connection = unit._connection
        assert connection.execute(table.select()).first() is not None
        column = next(iter(table.c))
        for change in (table.update().values({column: column}), table.delete()):
            with pytest.raises(DatabaseError, match="append-only"):
                connection.execute(change)


@pytest.mark.parametrize("operation", ["load", "clear"])
def test_r11_on_the_card_write_order_beats_checksum(operation: str) -> None:
    dice, states = random.Random(11), 0
    for image in card_stories.stories(OPEN4442, 6):
        plan = OPEN4442.plan_load(image, card_stories.random_load(dice, OPEN4442, image))
        if operation == "clear":
            loaded = plan.target
            back = card_stories.random_clearing(dice, OPEN4442, loaded)
            plan = OPEN4442.plan_clear(loaded, back)
        allowed = {OPEN4442.credit(plan.before), OPEN4442.credit(plan.target)}
        for seen in torn_images(plan.before, plan.spans):
            states += 1
            assert OPEN4442.credit(bytes(seen)) in allowed
    assert states > 3_000
