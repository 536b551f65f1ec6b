"""A counter sale end to end on the real chip, layout and store; every stop with its code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardstation.domain.card import Credit
from cardstation.domain.household import HouseholdStatus
from cardstation.domain.ledger import Order
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import Step, TopUpRequest
from cardstation.domain.volume import Volume
from cardstation.errors import LedgerRefused, Refusal
from cardstation.services.issue_receipt import issue_receipt
from cardstation.services.quote import quote
from cardstation.services.read_card import read_card
from cardstation.services.sync import sync
from cardstation.services.sync_state import sync_state
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.keys import DemoCardKeys
from drivers.layouts.open4442 import OPEN4442
from drivers.makers import MAKERS
from drivers.virtual import VirtualCard
from drivers.virtual.maker import CardStory, make_card
from tests.kit import cards
from tests.kit.station import Desk, card_of, nobody, open_desk, take

HOME = cards.household()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    yield opened
    opened.station.store.close()


def card_with(story: CardStory, rules: MakerRules = MAKERS[0]) -> VirtualCard:
    return make_card(HOME, rules, OPEN4442, DemoCardKeys(), story=story)


def credit_on(card: VirtualCard) -> Credit:
    credit = OPEN4442.decode(card.image).credit
    assert credit is not None
    return credit


def refused(desk: Desk, card: VirtualCard, yuan: str = "100") -> str:
    """Code of the refusal; a refusal before money leaves neither money nor a changed card."""
    before = card.image
    with pytest.raises(Refusal) as stop:
        desk.sell(card, yuan)
    assert card.image == before
    assert "paid" not in desk.kinds()
    return stop.value.code


def test_the_story_of_a_sale(desk: Desk) -> None:
    card = card_of(HOME)
    receipt = desk.sell(card, "100")
    assert desk.steps == list(Step)
    assert desk.states() == ["quoted", "pay_pending", "paid", "armed", "sealed"]
    assert desk.kinds() == ["paid", "armed", "sealed"]
    credit = credit_on(card)
    assert (credit.quantity, credit.purchase_counter) == (Volume.of_m3("29"), 51)
    assert (receipt.gas, receipt.to_balance, receipt.paid) == (
        Money(9744),
        Money(256),
        Money(10_000),
    )
    assert (receipt.receipt_no, receipt.kind) == ("S001-2026-000001", "receipt")
    household = desk.household()
    assert household.balance == Money(256)
    assert household.purchase_counter == 51
    assert household.bought_in(2026) == Volume.of_m3("445.8")
    assert household.tier_year == 2026
    assert take(card).credited == Volume.of_m3("29")
    assert desk.sell(card, "50").receipt_no == "S001-2026-000002"
    assert verify(desk.station).ok


def test_a_sale_by_volume_costs_exactly_its_price(desk: Desk) -> None:
    inserted = desk.insert(card_of(HOME))
    request = TopUpRequest(volume=Volume.of_m3("10"), tender=Tender.BANK_TRANSFER, reference="R7")
    receipt = top_up(desk.station, inserted, request, nobody)
    inserted.close()
    assert (receipt.paid, receipt.to_balance) == (Money(3360), Money(0))
    assert receipt.tender == "bank_transfer"


def test_a_price_that_changed_since_it_was_shown_is_not_charged(desk: Desk) -> None:
    shown = quote(desk.station, HOME, money=Money(10_000))
    card = card_of(HOME)
    with desk.station.store.unit() as unit:
        unit.households.update(replace(HOME, bought_this_year=Volume.of_m3("700")))
        unit.commit()
    with pytest.raises(Refusal) as stop:
        desk.sell(card, "100", agreed=shown)
    assert stop.value.code == "price_changed"
    with desk.station.store.unit() as unit:
        unit.households.update(HOME)
        unit.commit()
    assert desk.sell(card, "100", agreed=shown).gas == shown.total


@pytest.mark.parametrize(
    ("story", "code"),
    [
        (CardStory(taken=False), "load_still_on_card"),
        (CardStory(counter=49), "counter_below_expected"),
        (CardStory(counter=65_535), "counter_used_up"),
        (CardStory(residual=Volume.of_m3("990")), "hoard_limit"),
    ],
)
def test_stops_of_the_card(desk: Desk, story: CardStory, code: str) -> None:
    assert refused(desk, card_with(story)) == code
    inserted = desk.insert(card_with(story))
    facts = read_card(desk.station, inserted)
    inserted.close()
    assert facts.stop is None or facts.stop.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": HouseholdStatus.STOPPED}, "account_stopped"),
        ({"status": HouseholdStatus.CLOSED}, "account_closed"),
        ({"generation": 1}, "old_card"),
        ({"card_no": "88013025009999"}, "card_differs_from_file"),
        ({"meter": replace(HOME.meter, meter_no="QM1")}, "card_differs_from_file"),
        ({"meter": replace(HOME.meter, kind=MeterKind.MONEY)}, "card_differs_from_file"),
        ({"account_no": "220104000025"}, "unknown_household"),
    ],
)
def test_stops_of_the_file(tmp_path: Path, change: dict[str, object], code: str) -> None:
    desk = open_desk(tmp_path, households=[replace(HOME, **change)])  # type: ignore[arg-type]
    assert refused(desk, card_of(HOME)) == code
    desk.station.store.close()


def test_a_reported_card_is_sold_nothing(desk: Desk) -> None:
    with desk.station.store.unit() as unit:
        unit.blocked.replace({HOME.card_no: "lost"})
        unit.commit()
    assert refused(desk, card_of(HOME)) == "card_blacklisted"


@pytest.mark.parametrize(("yuan", "code"), [("1", "amount_too_small"), ("4000", "per_load_max")])
def test_stops_of_the_price(desk: Desk, yuan: str, code: str) -> None:
    assert refused(desk, card_of(HOME), yuan) == code


def test_no_return_block_no_sale(desk: Desk) -> None:
    card = card_of(HOME)
    for place in OPEN4442.declaration.places:
        if place.name.startswith("return_"):
            for address in place.addresses:
                card.chip.main[address] = 0
    assert refused(desk, card) == "no_return_block"


def test_an_off_book_purchase_is_seen_and_sold_past(desk: Desk) -> None:
    card = card_with(CardStory(counter=53))
    inserted = desk.insert(card)
    assert "off_book_purchase" in read_card(desk.station, inserted).warnings
    inserted.close()
    desk.sell(card)
    assert credit_on(card).purchase_counter == 54
    assert desk.household().purchase_counter == 54


@pytest.mark.parametrize("rules", MAKERS[:4], ids=lambda rules: rules.school.value)
def test_every_counter_school_is_sold_to_twice(desk: Desk, rules: MakerRules) -> None:
    card = card_of(HOME, rules)
    for _ in range(2):
        desk.sell(card, "50")
        assert take(card, rules).credited == Volume.of_m3("14")
    assert verify(desk.station).disagreements == ()


def test_a_money_meter_gets_the_amount(tmp_path: Path) -> None:
    home = cards.household(MeterKind.MONEY)
    desk = open_desk(tmp_path, households=[home])
    card = card_of(home)
    receipt = desk.sell(card, "100")
    assert (receipt.volume, receipt.gas) == (None, Money(10_000))
    assert credit_on(card).quantity == Money(10_000)
    take(card)
    desk.sell(card, "20")
    found = verify(desk.station)
    assert found.ok
    assert found.gas_terms["taken_by_meters_fen"] == 10_000
    assert found.gas_terms["on_cards_fen"] == 2_000
    desk.station.store.close()


def test_the_clock_may_run_back_five_minutes_and_no_more(desk: Desk) -> None:
    card = card_of(HOME)
    desk.sell(card)
    take(card)
    desk.clock.at -= timedelta(minutes=4)
    desk.sell(card)
    take(card)
    desk.clock.at -= timedelta(minutes=2)
    with pytest.raises(Refusal) as stop:
        desk.sell(card)
    assert stop.value.code == "clock_ran_back"


def test_receipt_numbers_begin_again_each_year(desk: Desk) -> None:
    card = card_of(HOME)
    numbers = [desk.sell(card).receipt_no]
    take(card)
    desk.clock.at += timedelta(days=60)
    numbers.append(desk.sell(card).receipt_no)
    assert numbers == ["S001-2026-000001", "S001-2027-000001"]
    assert desk.household().bought_in(2027) == Volume.of_m3("35")
    assert verify(desk.station).ok


def test_a_second_paper_says_so(desk: Desk) -> None:
    receipt = desk.sell(card_of(HOME))
    papers = [issue_receipt(desk.station, receipt.receipt_no) for _ in range(2)]
    assert [paper.reprint for paper in papers] == [False, True]
    assert papers[0].receipt == papers[1].receipt == receipt
    with pytest.raises(Refusal):
        issue_receipt(desk.station, "S001-2026-000009")


def test_sync_posts_and_a_fork_stops_selling(desk: Desk) -> None:
    card = card_of(HOME)
    desk.sell(card)
    desk.clock.at += timedelta(minutes=7)
    waiting = sync_state(desk.station)
    assert (waiting.unsent, waiting.oldest_min) == (3, 7)
    assert sync(desk.station).unsent == 0
    found = verify(desk.station)
    assert found.taken_fen == found.loaded_fen == found.posted_fen == 10_000
    take(card)
    desk.ledger.chain.sent[-1] = desk.ledger.chain.sent[-1]._replace(hash="ab" * 32)
    with pytest.raises(LedgerRefused) as fork:
        sync(desk.station)
    assert fork.value.code == "ledger_fork"
    with pytest.raises(Refusal) as stop:
        desk.sell(card)
    assert (stop.value.code, stop.value.values["reason"]) == ("selling_frozen", "ledger_fork")


def test_a_ledger_that_is_ahead_or_behind_its_word_stops_selling(desk: Desk) -> None:
    desk.sell(card_of(HOME))
    sync(desk.station)
    kept = list(desk.ledger.chain.sent)
    desk.ledger.chain.sent.append(kept[0])
    with pytest.raises(LedgerRefused) as ahead:
        sync(desk.station)
    assert ahead.value.code == "ledger_ahead"
    desk.ledger.chain.sent[:] = kept[:1]
    with pytest.raises(LedgerRefused) as rewound:
        sync(desk.station)
    assert rewound.value.code == "ledger_rewound"
    desk.ledger.chain.sent[:] = kept
    assert sync(desk.station).verdict == ""


def test_orders_come_with_the_sync(desk: Desk) -> None:
    order = Order("D9", HOME.account_no, 5600, 20_000, "residential@2026-01-01", 50, "S001")
    desk.ledger.centre.sell_online(order)
    sync(desk.station)
    with desk.station.store.reading() as reading:
        assert reading.orders.waiting() == (order,)
