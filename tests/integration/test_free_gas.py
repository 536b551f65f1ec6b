"""Gas due (补气): granted by two people, loaded without money, over as many visits as it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardstation.domain.admission import room_of
from cardstation.domain.card import Quantity
from cardstation.domain.gas_due import GasDue
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.shift import Approval
from cardstation.domain.transitions import TopUpState
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import LedgerUnreachable, LinkFailed, OutcomeUnknown, Refusal
from cardstation.services.grant_gas import grant_emergency, grant_gas
from cardstation.services.intent.gas_dues import dues_of
from cardstation.services.load_due import load_due
from cardstation.services.pay_arrears import pay_arrears
from cardstation.services.refund import request_refund
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load
from cardstation.services.sync import sync
from cardstation.services.verify import Verification, verify
from cardstation.services.withdraw_due import withdraw_due
from drivers.makers import MAKERS
from drivers.virtual import Tear, VirtualCard, VirtualReader
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import number_of
from tests.kit.chips import on_other_chips
from tests.kit.station import Desk, card_of, layout_of, neighbours, nobody, open_desk, take

[HOME] = neighbours(1)
[RICH] = neighbours(1, MeterKind.MONEY)
SECOND = Approval("supervisor")
TWENTY = Volume.of_m3("20")
WHY = "the meter never took the load of 3 November"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path, households=[HOME])
    yield made
    made.station.store.close()


def grant(desk: Desk, quantity: Quantity = TWENTY, **other: Any) -> GasDue:
    told = {"cause": Tender.MAKE_UP, "document": "WO-7", "approval": SECOND, "words": WHY}
    account_no = desk.household(HOME.account_no).account_no
    return grant_gas(desk.station, account_no, quantity, **{**told, **other})


def load(desk: Desk, card: VirtualCard, due_id: str | None = None) -> Receipt:
    with closing(desk.insert(card)) as inserted:
        return load_due(desk.station, inserted, due_id, nobody)


def left(desk: Desk) -> list[Quantity]:
    with desk.station.store.reading() as reading:
        return [one.left for one in dues_of(reading, HOME.account_no)]


def proven(desk: Desk) -> Verification:
    found = verify(desk.station)
    assert found.ok, found.disagreements
    return found


def refused(code: str, act: Any, *args: Any, **named: Any) -> None:
    with pytest.raises(Refusal) as stop:
        act(*args, **named)
    assert stop.value.code == code


def test_a_due_is_loaded_without_money_and_moves_no_tier(desk: Desk) -> None:
    before = desk.household(HOME.account_no)
    due, card = grant(desk), card_of(HOME)
    slip = load(desk, card)
    assert (slip.kind, slip.order_id, slip.paid, slip.gas, slip.tender) == (
        *("make_up_slip", due.due_id, NO_MONEY, NO_MONEY),
        "make_up",
    )
    assert slip.year_after == slip.year_before == before.bought_this_year
    assert take(card).credited == TWENTY
    after = desk.household(HOME.account_no)
    assert after == replace(before, purchase_counter=before.purchase_counter + 1)
    assert left(desk) == [NO_GAS]
    sync(desk.station)
    gas = proven(desk).gas_terms
    assert (gas["make_up_litres"], gas["sold_litres"], gas["on_cards_litres"]) == (
        20_000,
        0,
        20_000,
    )
    assert not desk.ledger.centre.chains["S001"].exceptions
    refused("no_gas_due", load, desk, card)


def test_a_due_is_split_over_what_the_card_can_carry(desk: Desk) -> None:
    """By the most of one load, then by the room in the meter, to the last step of it."""
    card = card_of(HOME)
    with closing(desk.insert(card)) as inserted:
        most, content = inserted.rules.per_load_max, inserted.content
    room = room_of(content)
    assert isinstance(room, Volume)
    granted = min(most, room) + Volume.of_m3("5")
    desk.station = replace(desk.station, free_gas=granted)
    grant(desk, granted)
    first = load(desk, card)
    assert first.volume == min(most, room)
    assert left(desk) == [Volume.of_m3("5")]
    refused("load_still_on_card", load, desk, card)
    meter = meter_of(card)
    assert meter.take(card).credited == first.volume
    if room <= most:
        refused("hoard_limit", load, desk, card)
        meter.consume(Volume.of_m3("3.5"))
        meter.take(card)
        assert load(desk, card).volume == Volume.of_m3("3")
        meter.take(card)
        meter.consume(Volume.of_m3("10"))
        meter.take(card)
    assert load(desk, card).volume is not None
    assert left(desk) == [NO_GAS]
    gas = proven(desk).gas_terms
    assert gas["make_up_litres"] == granted.litres
    assert gas["make_up_litres"] == gas["on_cards_litres"] + gas["taken_by_meters_litres"]


def meter_of(card: VirtualCard, rules: MakerRules = MAKERS[0]) -> VirtualMeter:
    layout = layout_of(rules)
    return VirtualMeter.of_card(layout.decode(card.image), layout, rules.school)


def test_a_rest_below_the_step_of_the_card_is_told(desk: Desk) -> None:
    grant(desk, Volume(1_400))
    card = card_of(HOME)
    assert load(desk, card).volume == Volume.of_m3("1")
    take(card)
    refused("gas_due_below_step", load, desk, card)


def test_a_money_meter_gets_its_amount_and_revenue_is_not_touched(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, households=[RICH])
    grant(desk, Money(5_000))
    card = card_of(RICH)
    slip = load(desk, card)
    assert (slip.gas, slip.paid, slip.volume) == (Money(5_000), NO_MONEY, None)
    assert take(card).credited == Money(5_000)
    found = proven(desk)
    assert (found.money_terms["free_gas"], found.money_terms["gas_loaded"]) == (-5_000, 5_000)
    assert (found.taken_fen, found.loaded_fen) == (0, 0)
    assert found.gas_terms["given_by_amount_fen"] == 5_000
    desk.station.store.close()


def cut_short(desk: Desk, card: VirtualCard, at: int = 0) -> None:
    card.chip.arm(Tear(at))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        load(desk, card)
    card.chip.arm(None)


def test_what_was_never_written_is_due_again_and_no_money_goes_anywhere(desk: Desk) -> None:
    """The card shows it: given up by two people, granted gas is free again in the same commit."""
    due, card = grant(desk), card_of(HOME)
    cut_short(desk, card)
    assert left(desk) == [NO_GAS]
    with closing(desk.insert(card)) as inserted:
        given_up = request_refund(desk.station, inserted, SECOND)
    assert (given_up.state, given_up.money) == (TopUpState.REFUNDED, NO_MONEY)
    assert left(desk) == [TWENTY]
    proven(desk)
    assert load(desk, card, due.due_id).volume == TWENTY
    assert take(card).credited == TWENTY
    proven(desk)


def test_what_was_cut_short_is_finished_by_the_card_and_not_given_twice(desk: Desk) -> None:
    due, card = grant(desk), card_of(HOME)
    cut_short(desk, card, 6)
    slip = load(desk, card)
    assert (slip.kind, slip.order_id) == ("make_up_slip", due.due_id)
    assert take(card).credited == TWENTY
    refused("no_gas_due", load, desk, card)
    proven(desk)


def test_a_load_taken_back_is_due_again_and_nobody_is_paid(desk: Desk) -> None:
    grant(desk)
    card = card_of(HOME)
    with closing(desk.insert(card)) as inserted:
        load_due(desk.station, inserted, None, nobody)
        back = return_load(desk.station, inserted, SECOND, nobody)
    assert (back.state, back.money) == (TopUpState.REFUNDED, NO_MONEY)
    assert left(desk) == [TWENTY]
    proven(desk)
    load(desk, card)
    assert take(card).credited == TWENTY
    proven(desk)


def test_what_is_left_is_withdrawn_by_two_people(desk: Desk) -> None:
    due = grant(desk)
    refused("second_person_same", withdraw_due, desk.station, due.due_id, Approval("demo"), WHY)
    found = withdraw_due(desk.station, due.due_id, SECOND, "the meter had taken it after all")
    assert found.left == TWENTY
    refused("gas_due_ended", withdraw_due, desk.station, due.due_id, SECOND, WHY)
    refused("gas_due_ended", load, desk, card_of(HOME), due.due_id)
    refused("no_gas_due", load, desk, card_of(HOME))
    proven(desk)


def test_emergency_gas_is_owed_and_counted_once(desk: Desk) -> None:
    due = grant_emergency(desk.station, HOME.account_no, "no gas 12:40", SECOND, WHY)
    assert due.quantity == Volume.of_m3("10")
    assert desk.household(HOME.account_no).arrears == NO_MONEY
    again = (desk.station, HOME.account_no, "no gas 12:50", SECOND, WHY)
    refused("emergency_open", grant_emergency, *again)
    card = card_of(HOME)
    slip = load(desk, card)
    assert (slip.kind, slip.paid) == ("emergency_slip", NO_MONEY)
    assert desk.household(HOME.account_no).arrears == slip.gas
    assert take(card).credited == Volume.of_m3("10")
    terms = proven(desk).money_terms
    assert terms["arrears_and_fees"] == -slip.gas.fen == -terms["gas_loaded"]


def test_no_more_is_granted_than_the_ledger_has_heard_of(desk: Desk) -> None:
    desk.station = replace(desk.station, free_gas=Volume.of_m3("30"))
    grant(desk)
    heard = desk.ledger.boundary
    desk.ledger.boundary = _cut_off
    refused("free_gas_limit", grant, desk)
    desk.ledger.boundary = heard
    grant(desk)
    refused("free_gas_limit", grant, desk, Volume.of_m3("31"))


def _cut_off(_name: str) -> None:
    raise LedgerUnreachable


def test_what_cannot_be_granted_is_refused(desk: Desk) -> None:
    refused("gas_due_wrong_unit", grant, desk, Money(100))
    refused("zero_amount", grant, desk, NO_GAS)
    refused("document_missing", grant, desk, document=" ")
    refused("proof_missing", grant, desk, words="why")
    refused("gas_due_counter", grant, desk, repeats_counter=3)
    with desk.station.store.unit() as unit:
        unit.households.put([replace(HOME, status=HouseholdStatus.STOPPED)])
        unit.commit()
    refused("account_stopped", grant, desk)
    assert left(desk) == []


def test_emergency_gas_that_was_paid_for_is_not_taken_back(desk: Desk) -> None:
    grant_emergency(desk.station, HOME.account_no, "no gas 12:40", SECOND, WHY)
    card = card_of(HOME)
    with closing(desk.insert(card)) as inserted:
        load_due(desk.station, inserted, None, nobody)
        owing = desk.household(HOME.account_no)
        kept(desk, replace(owing, arrears=NO_MONEY))
        refused("emergency_gas_paid", return_load, desk.station, inserted, SECOND, nobody)
        kept(desk, owing)
        return_load(desk.station, inserted, SECOND, nobody)
    assert desk.household(HOME.account_no).arrears == NO_MONEY
    proven(desk)


def test_while_emergency_gas_is_taken_back_its_debt_is_not_paid(desk: Desk) -> None:
    grant_emergency(desk.station, HOME.account_no, "no gas 12:40", SECOND, WHY)
    card = card_of(HOME)
    slip = load(desk, card)
    with closing(desk.insert(card)) as inserted:
        card.chip.arm(Tear(6))
        with pytest.raises((LinkFailed, OutcomeUnknown)):
            return_load(desk.station, inserted, SECOND, nobody, reading="photo 7")
    card.chip.arm(None)
    with pytest.raises(Refusal, match="account_load_open"):
        pay_arrears(desk.station, HOME.account_no, tender=Tender.CASH)
    assert desk.household(HOME.account_no).arrears == slip.gas
    with closing(desk.insert(card)) as inserted:
        resolve_card(desk.station, inserted)
    assert pay_arrears(desk.station, HOME.account_no, tender=Tender.CASH).charge.money == slip.gas
    proven(desk)


def kept(desk: Desk, household: Household) -> None:
    with desk.station.store.unit() as unit:
        unit.households.update(household)
        unit.commit()


def test_a_due_is_for_the_meter_it_was_granted_for(desk: Desk) -> None:
    grant(desk)
    other = replace(HOME, meter=replace(HOME.meter, meter_no="QM00000042"))
    kept(desk, other)
    refused("gas_due_other_meter", load, desk, card_of(other))


BEHIND = "the meter was reset by its maker and shows one load less"


def taken_and_forgotten(
    desk: Desk, rules: MakerRules = MAKERS[0]
) -> tuple[VirtualCard, VirtualMeter]:
    """A load that the meter took, and lost again with its counter."""
    card = card_of(HOME, rules)
    meter = meter_of(card, rules)
    before = meter.state
    desk.sell(card)
    meter.take(card)
    meter.state = before
    return card, meter


EXACT = [
    pytest.param(rules, dialect, id=rules.layout)
    for rules, dialect in ((MAKERS[0], "acs"), *on_other_chips())
    if rules.school is CounterSchool.EXACT and MeterKind.VOLUME in rules.kinds
]


@pytest.mark.parametrize(("rules", "dialect"), EXACT)
def test_a_make_up_repeats_the_counter_of_a_meter_that_is_behind_its_card(
    desk: Desk, rules: MakerRules, dialect: str
) -> None:
    """The meter takes it once, and goes on from there; one that was not behind takes nothing."""
    desk.reader = VirtualReader(dialect=dialect)
    card, meter = taken_and_forgotten(desk, rules)
    shown = meter.state.purchase_counter
    refused("gas_due_counter", grant, desk, repeats_counter=shown - 1)
    grant(desk, repeats_counter=shown, words=BEHIND)
    slip = load(desk, card)
    assert slip.purchase_counter == shown + 1 == desk.household(HOME.account_no).purchase_counter
    sound = VirtualMeter(replace(meter.state, purchase_counter=shown + 1), layout_of(rules))
    assert not number_of(sound.take(card.copy()).credited)
    assert meter.take(card).credited == TWENTY
    assert not number_of(meter.take(card).credited)
    sync(desk.station)
    proven(desk)
    assert not desk.ledger.centre.chains["S001"].exceptions
    desk.sell(card)
    assert number_of(meter.take(card).credited)
    proven(desk)


def test_a_meter_that_is_not_behind_takes_nothing_twice(desk: Desk) -> None:
    card = card_of(HOME)
    meter = meter_of(card)
    desk.sell(card)
    meter.take(card)
    grant(desk, repeats_counter=meter.state.purchase_counter - 1, words=BEHIND)
    with closing(desk.insert(card)) as inserted:
        load_due(desk.station, inserted, None, nobody)
        refused("gas_due_repeats", return_load, desk.station, inserted, SECOND, nobody)
    assert not number_of(meter.take(card).credited)


def test_a_due_that_repeats_a_counter_waits_for_the_card_it_was_granted_for(desk: Desk) -> None:
    card, meter = taken_and_forgotten(desk)
    grant(desk, repeats_counter=meter.state.purchase_counter, words=BEHIND)
    desk.sell(card)
    meter_of(card).take(card)
    refused("gas_due_counter", load, desk, card)
