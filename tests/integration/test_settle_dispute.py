"""A dispute ends: two persons look, and their words seal the load, void it, or give money back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.batch_life import Stage
from cardstation.domain.custody import Explanation, Party, Why
from cardstation.domain.ledger import EntryKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.transitions import TopUpState
from cardstation.errors import OutcomeUnknown, Refusal
from cardstation.services import load_line as loading
from cardstation.services import top_up as selling
from cardstation.services.batch_account import batch_account
from cardstation.services.close_batch import close_batch
from cardstation.services.dispute import dispute
from cardstation.services.explain_card import explain_card
from cardstation.services.intent.meter_count import MeterCount
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.rejoin import rejoin
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_dispute import Finding, settle_dispute
from cardstation.services.sync import sync
from cardstation.services.verify import verify
from drivers.layouts.open4442 import OPEN4442
from drivers.virtual import Tear, VirtualCard
from tests.kit import cards
from tests.kit.handing import hand
from tests.kit.power import PowerCut
from tests.kit.station import Desk, card_of, line, nobody, open_desk, put_batch, take
from tests.kit.two_stations import line_of, told, two_stations

HOME = cards.household()
SECOND = Approval("supervisor")
PROOF = "meter QM17996 was read, photo 118"
LOST = "the card went under a lorry, both saw what was left"
METER = MeterCount(HOME.purchase_counter, card_here=True)
TORN = Tear(12)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path / "day")
    yield opened
    opened.station.store.close()


def with_card(desk: Desk, card: VirtualCard, work: Any, *args: Any, **named: Any) -> Any:
    inserted = desk.insert(card)
    try:
        return work(desk.station, inserted, *args, **named)
    finally:
        inserted.close()


def disputed(desk: Desk, card: VirtualCard) -> str:
    """A load that was torn, then put into dispute."""
    card.chip.arm(TORN)
    with pytest.raises(OutcomeUnknown):
        desk.sell(card)
    card.chip.arm(None)
    (waiting,) = open_intents(desk.station)
    return dispute(desk.station, waiting.intent_id, SECOND, LOST).topup_id


def disputed_return(desk: Desk, card: VirtualCard) -> str:
    """A load whose return was torn, then put into dispute."""
    desk.sell(card)
    card.chip.arm(TORN)
    with pytest.raises(OutcomeUnknown):
        with_card(desk, card, return_load, SECOND, nobody, reading="photo 17")
    card.chip.arm(None)
    (waiting,) = open_intents(desk.station)
    return dispute(desk.station, waiting.intent_id, SECOND, LOST).topup_id


def ok(desk: Desk) -> None:
    found = verify(desk.station)
    assert found.ok, found.disagreements


def last(desk: Desk) -> Any:
    with desk.station.store.reading() as reading:
        stored = reading.journal.last()
    assert stored is not None
    return stored.entry


def test_what_is_in_dispute_is_listed_until_it_is_settled(desk: Desk) -> None:
    topup_id = disputed(desk, card_of(HOME))
    (listed,) = open_intents(desk.station)
    assert (listed.intent_id, listed.code) == (topup_id, "disputed")
    settle_dispute(desk.station, topup_id, Finding.LOADED, PROOF, SECOND)
    assert open_intents(desk.station) == ()


def test_a_load_that_was_is_sealed_with_its_receipt_and_the_next_card_is_sold_to(
    desk: Desk,
) -> None:
    topup_id = disputed(desk, card_of(HOME))
    settled = settle_dispute(desk.station, topup_id, Finding.LOADED, PROOF, SECOND)
    assert settled.state is TopUpState.SEALED
    fact = last(desk)
    assert (fact.kind, fact.approver) == (EntryKind.SEALED, SECOND.name)
    assert fact.witness == f"people: {PROOF}"
    with desk.station.store.reading() as reading:
        assert topup_id in reading.receipts.every()
    ok(desk)
    new = card_of(desk.household())
    assert desk.sell(new).receipt_no.endswith("-000002")
    sync(desk.station)
    ok(desk)


def test_a_load_that_was_not_is_paid_back_and_the_card_is_free(desk: Desk) -> None:
    topup_id = disputed(desk, card_of(HOME))
    settled = settle_dispute(desk.station, topup_id, Finding.NOT_LOADED, PROOF, SECOND, METER)
    assert settled.state is TopUpState.REFUND_REQUESTED
    assert pay_out(desk.station, topup_id, SECOND).state is TopUpState.REFUNDED
    desk.sell(card_of(HOME))
    sync(desk.station)
    ok(desk)


@pytest.mark.parametrize(
    ("finding", "state"),
    [(Finding.LOADED, TopUpState.VOIDED), (Finding.NOT_LOADED, TopUpState.SEALED)],
)
def test_a_return_in_dispute_ends_too(desk: Desk, finding: Finding, state: TopUpState) -> None:
    topup_id = disputed_return(desk, card_of(HOME))
    assert settle_dispute(desk.station, topup_id, finding, PROOF, SECOND, METER).state is state
    if finding is Finding.NOT_LOADED:
        pay_out(desk.station, topup_id, SECOND)
    assert open_intents(desk.station) == ()
    sync(desk.station)
    ok(desk)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"proof": "  yes \n "}, "proof_missing"),
        ({"proof": "x" * 201}, "proof_missing"),
        ({"proof": "reading \x07 of the meter"}, "proof_missing"),
        ({"approval": Approval("demo")}, "second_person_same"),
        ({"topup_id": "another"}, "not_in_dispute"),
    ],
)
def test_what_settles_nothing(desk: Desk, given: dict[str, Any], code: str) -> None:
    asked = {"topup_id": disputed(desk, card_of(HOME)), "proof": PROOF, "approval": SECOND, **given}
    with pytest.raises(Refusal) as stop:
        settle_dispute(desk.station, asked.pop("topup_id"), Finding.LOADED, **asked)
    assert stop.value.code == code
    assert desk.states()[-1] == TopUpState.DISPUTED.value


def test_it_is_settled_once(desk: Desk) -> None:
    topup_id = disputed(desk, card_of(HOME))
    settle_dispute(desk.station, topup_id, Finding.NOT_LOADED, PROOF, SECOND, METER)
    with pytest.raises(Refusal, match="not_in_dispute"):
        settle_dispute(desk.station, topup_id, Finding.LOADED, PROOF, SECOND)


@pytest.mark.parametrize("finding", Finding)
@pytest.mark.parametrize("make", [disputed, disputed_return])
def test_what_was_settled_comes_back_with_a_restored_store(
    tmp_path: Path, make: Any, finding: Finding
) -> None:
    desk, card = open_desk(tmp_path / "day"), card_of(HOME)
    topup_id = make(desk, card)
    settled = settle_dispute(desk.station, topup_id, finding, PROOF, SECOND, METER)
    sync(desk.station)
    back = open_desk(tmp_path / "restored", ledger=desk.ledger)
    rejoin(back.station, SECOND)
    with back.station.store.reading() as reading:
        found = reading.topups.get(topup_id)
    assert found is not None
    assert found.state is settled.state
    ok(back)
    for one in (desk, back):
        one.station.store.close()


def test_no_money_back_while_another_desk_may_finish_it(tmp_path: Path) -> None:
    with two_stations(tmp_path) as (one, other, _):
        card = card_of(HOME)
        topup_id = disputed(one, card)
        sync(one.station)
        line_of(one).down = True
        with pytest.raises(Refusal, match="refund_needs_ledger"):
            settle_dispute(one.station, topup_id, Finding.NOT_LOADED, PROOF, SECOND, METER)
        line_of(one).down = False
        assert with_card(other, card, resolve_card).outcome is Outcome.SEALED
        sync(other.station)
        with pytest.raises(Refusal, match="load_is_on_card"):
            settle_dispute(one.station, topup_id, Finding.NOT_LOADED, PROOF, SECOND, METER)
        assert open_intents(one.station) == ()
        told(one, other)
        for desk in (one, other):
            ok(desk)


def test_the_ledgers_word_ends_a_dispute_at_the_next_sync(tmp_path: Path) -> None:
    with two_stations(tmp_path) as (one, other, _):
        card = card_of(HOME)
        disputed(one, card)
        sync(one.station)
        with_card(other, card, resolve_card)
        told(other, one)
        assert open_intents(one.station) == ()
        ok(one)


def test_a_dispute_over_anothers_load_is_left_to_the_desk_that_took_the_money(
    tmp_path: Path,
) -> None:
    with two_stations(tmp_path) as (one, other, _):
        card, copied = card_of(HOME), card_of(HOME)
        card.chip.arm(TORN)
        with pytest.raises(OutcomeUnknown):
            one.sell(card)
        card.chip.arm(None)
        sync(one.station)
        copied.chip.main[:] = OPEN4442.plan_load(
            copied.image, cards.next_load(copied.image, 5_000)
        ).target
        with pytest.raises(OutcomeUnknown):
            with_card(other, copied, resolve_card)
        (theirs,) = open_intents(other.station)
        dispute(other.station, theirs.intent_id, SECOND)
        sync(other.station)
        (ours,) = open_intents(one.station)
        dispute(one.station, ours.intent_id, SECOND, LOST)
        with pytest.raises(Refusal, match="refund_needs_ledger"):
            settle_dispute(one.station, ours.intent_id, Finding.NOT_LOADED, PROOF, SECOND, METER)
        settled = settle_dispute(
            other.station, theirs.intent_id, Finding.NOT_LOADED, PROOF, SECOND, METER
        )
        assert settled.state is TopUpState.VOIDED
        sync(other.station)
        settle_dispute(one.station, ours.intent_id, Finding.NOT_LOADED, PROOF, SECOND, METER)
        pay_out(one.station, ours.intent_id, SECOND)
        told(one, other)
        for desk in (one, other):
            ok(desk)
        take(card)


def paid_only(desk: Desk, _card: VirtualCard, patch: pytest.MonkeyPatch) -> None:
    """Paid, and the power goes before it is armed."""
    with patch.context() as cut:
        cut.setattr(selling, "arm", _cut)
        with pytest.raises(PowerCut):
            desk.sell(_card)
    desk.reader.pull()


def _cut(*_: object) -> None:
    raise PowerCut


def found_unwritten(desk: Desk, card: VirtualCard, patch: pytest.MonkeyPatch) -> None:
    """Armed, and its card's tries turned out to be low: proven not loaded."""
    card.chip.security[0] = 3
    with patch.context() as unlooked:
        unlooked.setattr(selling, "ensure_unlockable", lambda *_: None)
        with pytest.raises(Refusal, match="code_tries_low"):
            desk.sell(card)
    sync(desk.station)


@pytest.mark.parametrize("waits", [paid_only, found_unwritten])
def test_a_paid_load_whose_card_is_lost_is_settled_by_people_and_paid_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, waits: Any
) -> None:
    waits(desk, card_of(HOME), monkeypatch)
    (paid,) = open_intents(desk.station)
    assert paid.code == "paid_not_loaded"
    with pytest.raises(Refusal, match="not_disputable"):
        dispute(desk.station, paid.intent_id, SECOND)
    with pytest.raises(Refusal, match="proof_missing"):
        dispute(desk.station, paid.intent_id, SECOND, "lost")
    with pytest.raises(Refusal, match="second_person_same"):
        dispute(desk.station, paid.intent_id, Approval(desk.station.clerk), LOST)
    assert dispute(desk.station, paid.intent_id, SECOND, LOST).state is TopUpState.DISPUTED
    settle_dispute(desk.station, paid.intent_id, Finding.NOT_LOADED, LOST, SECOND, METER)
    assert pay_out(desk.station, paid.intent_id, SECOND).state is TopUpState.REFUNDED
    assert open_intents(desk.station) == ()
    ok(desk)


def test_a_row_whose_card_was_destroyed_leaves_its_money_and_its_batch_closes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = put_batch(desk, [line(HOME, 2)])
    pay_batch(desk.station, batch, tender=Tender.CASH, money=Money(10_000))
    hand(desk.station, batch, Party.MANAGER, Party.DESK)
    card = card_of(HOME)
    card.chip.security[0] = 3
    monkeypatch.setattr(loading, "ensure_unlockable", lambda *_: None)
    with pytest.raises(Refusal, match="code_tries_low"):
        desk.load(batch, card)
    desk.reader.pull()
    sync(desk.station)
    explain_card(desk.station, batch, Explanation(Why.DESTROYED, places=(1,)), SECOND)
    (waits,) = open_intents(desk.station)
    dispute(desk.station, waits.intent_id, SECOND, LOST)
    settle_dispute(desk.station, waits.intent_id, Finding.NOT_LOADED, LOST, SECOND, METER)
    pay_out(desk.station, waits.intent_id, SECOND)
    [paid] = batch_account(desk.station, batch).payments
    return_remainder(desk.station, batch, paid.payment.payment_id, Money(10_000), SECOND)
    assert close_batch(desk.station, batch).stage is Stage.CLOSED
    ok(desk)
