"""A load taken over from another desk that is a third one's: its money goes back where it lies."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.domain.transitions import TopUpState
from cardstation.errors import Refusal
from cardstation.services.batch_account import batch_account
from cardstation.services.charges_of import charges_of
from cardstation.services.open_intents import open_intents
from cardstation.services.pay_batch import pay_batch
from cardstation.services.pay_out import pay_out
from cardstation.services.pay_out_balance import pay_out_balance
from cardstation.services.resolve import Outcome, resolve_card
from cardstation.services.verify import verify
from drivers.virtual import Tear, VirtualCard
from tests.kit import cards
from tests.kit.memory_ledger import Centre
from tests.kit.station import Desk, card_of, line, put_batch
from tests.kit.sweep_world import NAMES_NOBODY
from tests.kit.two_desks import torn_at
from tests.kit.two_stations import line_of, open_station, told, two_stations

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

HOME = cards.household()
SECOND = Approval("supervisor")


def looked_at(desk: Desk, card: VirtualCard) -> Outcome:
    inserted = desk.insert(card)
    try:
        return resolve_card(desk.station, inserted).outcome
    finally:
        inserted.close()
        desk.reader.pull()


def begun(desk: Desk, card: VirtualCard, *, batch: bool) -> str:
    """Paid at this desk and cut before a byte; the batch it is of, if it is of one."""
    if not batch:
        torn_at(desk, card, Tear(0))
        return ""
    batch_id = put_batch(desk, [line(HOME, 2)])
    pay_batch(desk.station, batch_id, tender=Tender.CASH, money=Money(10_000))
    card.chip.arm(Tear(0))
    with pytest.raises(Exception, match="card_removed"):
        desk.load(batch_id, card)
    card.chip.arm(None)
    desk.reader.pull()
    return batch_id


@pytest.mark.parametrize("batch", [True, False])
@pytest.mark.parametrize("heard", ["before its voiding", "after it"])
def test_a_load_taken_over_that_is_a_third_desks_is_given_back_where_its_money_lies(
    tmp_path: Path, batch: bool, heard: str
) -> None:
    with ExitStack() as open_:
        first, second, centre = open_.enter_context(two_stations(tmp_path))
        third = open_station(tmp_path, centre, "S003", clock=first.clock)
        open_.callback(third.station.store.close)
        for desk in (first, second, third):
            desk.station = replace(desk.station, layouts=(NAMES_NOBODY,), number=1)
        card = card_of(HOME)
        batch_id = begun(first, card, batch=batch)
        told(first)
        line_of(first).down = line_of(third).down = True
        third.sell(card)
        third.reader.pull()
        assert looked_at(second, card) is Outcome.SEALED
        line_of(third).down = False
        told(third, second)
        if heard == "after it":
            told(second)
        line_of(first).down = False
        told(first, second, third, first)
        assert not open_intents(second.station), "nothing is owed where nothing was paid"
        assert not open_intents(third.station)
        (waits,) = open_intents(first.station)
        with pytest.raises(Refusal, match="nothing_owed"):
            pay_out(second.station, waits.intent_id, SECOND)
        assert looked_at(first, card) is Outcome.SEALED
        told(first)
        (owed,) = open_intents(first.station)
        assert pay_out(first.station, owed.intent_id, SECOND).state is TopUpState.REFUNDED
        told(first, second, third)
        if batch:
            (payment,) = batch_account(first.station, batch_id).payments
            assert payment.remains == Money(10_000)
        for desk in (first, second, third):
            found = verify(desk.station)
            assert found.ok, found.disagreements
        _once_in_the_books(centre, batch_id)


def test_what_a_load_left_over_is_kept_until_the_ledger_says_whose_it_is(tmp_path: Path) -> None:
    with ExitStack() as open_:
        first, second, _ = open_.enter_context(two_stations(tmp_path))
        for desk in (first, second):
            desk.station = replace(desk.station, layouts=(NAMES_NOBODY,), number=1)
        card = card_of(HOME)
        begun(first, card, batch=False)
        line_of(first).down = True
        second.sell(card)
        second.reader.pull()
        told(second)
        assert looked_at(first, card) is Outcome.SEALED
        assert charges_of(first.station, HOME.account_no).free == NO_MONEY
        with pytest.raises(Refusal, match="balance_too_small"):
            pay_out_balance(first.station, HOME.account_no, Money(256), SECOND)
        line_of(first).down = False
        told(first, second, first)
        (owed,) = open_intents(first.station)
        pay_out(first.station, owed.intent_id, SECOND)
        assert first.household().balance == NO_MONEY
        assert charges_of(second.station, HOME.account_no).free == Money(256)
        for desk in (first, second):
            assert verify(desk.station).ok


def _once_in_the_books(centre: Centre, batch_id: str) -> None:
    assert centre.balances["gas_sold"] == -9_744
    assert not centre.balances["suspense:false_seal"]
    assert not centre.balances[f"unloaded:{HOME.account_no}"]
    waits = centre.balances.get(f"unallocated:{batch_id}", 0)
    assert (centre.balances["tender:cash"], waits) == (
        (20_000, -10_000) if batch_id else (10_000, 0)
    )
