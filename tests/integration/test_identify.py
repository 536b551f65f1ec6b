"""Opening a card: who it is, what may not be touched, and what is known about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.domain.meter import MakerRules
from cardstation.domain.payment import Tender
from cardstation.errors import CardSwapped, LinkFailed, OutcomeUnknown, Refusal
from cardstation.ports.reader import Presence
from cardstation.services.identify import insert_card
from cardstation.services.read_card import read_card
from cardstation.services.sync import sync
from drivers.keys import CombinedCardKeys
from drivers.makers import MAKERS
from drivers.virtual import Tear, VirtualCard, VirtualReader, new_chip
from drivers.virtual.maker import make_card
from tests.kit import cards
from tests.kit.station import Desk, card_of, layout_of, neighbours, open_desk

HOME = cards.household()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path, makers=MAKERS[:1])
    yield opened
    opened.station.store.close()


def scratched(card: VirtualCard) -> VirtualCard:
    """The identity block no longer fits its check value."""
    card.chip.main[0x24] ^= 0x55
    return card


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (VirtualCard(), "blank_card"),
        (scratched(card_of(HOME)), "card_damaged"),
        (card_of(HOME, MAKERS[1]), "no_maker_rules"),
    ],
)
def test_a_card_that_is_refused_leaves_the_reader_free(
    desk: Desk, card: VirtualCard, code: str
) -> None:
    for _ in range(2):
        with pytest.raises(Refusal) as stop:
            desk.insert(card)
        assert stop.value.code == code


def test_a_card_of_nobody_we_know_is_foreign(desk: Desk) -> None:
    card = VirtualCard()
    card.chip.main[0x20:] = bytes(range(0x20, 0x100))
    with pytest.raises(Refusal) as stop:
        desk.insert(card)
    assert stop.value.code in ("foreign_card", "card_damaged")


def test_a_chip_that_answers_otherwise_is_unknown(desk: Desk) -> None:
    presence = Presence(desk.reader.name, 1, bytes.fromhex("3B00"))
    with pytest.raises(Refusal) as stop:
        insert_card(desk.station, desk.reader, presence)
    assert stop.value.code == "chip_unknown"


def test_a_power_cycle_meets_the_same_card_or_stops(desk: Desk) -> None:
    card, other = card_of(HOME), card_of(neighbours(1)[0])
    inserted = desk.insert(card)
    assert inserted.power_cycle() == card.image
    card.chip.main[:] = other.chip.main
    with pytest.raises(CardSwapped):
        inserted.power_cycle()
    inserted.close()
    inserted.close()
    assert inserted.image == b""


def test_what_is_known_about_a_card_of_nobody(desk: Desk) -> None:
    inserted = desk.insert(card_of(neighbours(1)[0]))
    facts = read_card(desk.station, inserted)
    inserted.close()
    assert facts.household is None
    assert facts.stop is not None
    assert (facts.stop.code, facts.tiers, facts.intent) == ("unknown_household", (), None)


def test_what_is_known_about_a_card_that_may_be_sold_to(desk: Desk) -> None:
    inserted = desk.insert(card_of(HOME))
    facts = read_card(desk.station, inserted)
    inserted.close()
    assert (facts.household, facts.stop, facts.warnings) == (HOME, None, ())
    assert [tier.price_e4 for tier in facts.tiers] == [28_000, 33_600, 42_000]


def test_an_open_intent_is_finished_even_while_the_clock_is_wrong(desk: Desk) -> None:
    card = card_of(HOME)
    card.chip.arm(Tear(9))
    with pytest.raises((OutcomeUnknown, LinkFailed)):
        desk.sell(card)
    card.chip.arm(None)
    desk.clock.at = desk.clock.at.replace(hour=1)
    with pytest.raises(Refusal) as stop:
        desk.sell(card)
    assert stop.value.code == "clock_ran_back"
    assert desk.states()[-1] == "sealed"


def test_a_station_alone_says_so(desk: Desk) -> None:
    alone = Desk(replace(desk.station, ledger=None), desk.reader, desk.clock, desk.ledger)
    with pytest.raises(Refusal) as stop:
        sync(alone.station)
    assert stop.value.code == "ledger_not_set"
    with pytest.raises(Refusal) as tender:
        desk.station.payment_by(Tender.ORDER)
    assert tender.value.code == "tender_unknown"


@pytest.mark.parametrize(
    ("worn", "warning"),
    [
        ({"purchase_counter": 65_500}, "counter_near_end"),
        ({"generation": 251}, "reissues_near_end"),
    ],
)
def test_a_number_near_its_end_is_said_while_selling_goes_on(
    tmp_path: Path, worn: dict[str, int], warning: str
) -> None:
    home = replace(HOME, **worn)
    opened = open_desk(tmp_path, households=[home])
    inserted = opened.insert(card_of(home))
    seen = read_card(opened.station, inserted)
    inserted.close()
    assert [one for one in seen.warnings if one.endswith("_near_end")] == [warning]
    assert seen.stop is None
    opened.station.store.close()


@pytest.mark.parametrize("rules", MAKERS, ids=lambda rules: rules.code)
def test_a_card_of_every_maker_is_known_and_bought_on(tmp_path: Path, rules: MakerRules) -> None:
    """Also where several chips show the same answer to reset: the content decides."""
    contactless = rules.layout == "openmf1k"
    opened = open_desk(tmp_path, reader=VirtualReader(dialect="part3" if contactless else "acs"))
    opened.station = replace(opened.station, keys=CombinedCardKeys(bytes(range(32))))
    layout = layout_of(rules)
    card = make_card(HOME, rules, layout, opened.station.keys)
    receipt = opened.sell(card, "100")
    credit = layout.decode(card.image).credit
    assert credit is not None
    assert credit.quantity == receipt.volume
    opened.station.store.close()


@pytest.mark.parametrize("kind", ["at24c02", "at88sc102"])
def test_a_blank_without_an_answer_to_reset_is_blank_and_takes_no_code(
    desk: Desk, kind: str
) -> None:
    desk.station = replace(desk.station, makers=MAKERS)
    card = VirtualCard(new_chip(kind))
    with pytest.raises(Refusal, match="blank_card"):
        desk.insert(card)
    stranger = VirtualCard(new_chip(kind))
    at = 0x20
    stranger.chip.main[at : at + 8] = b"whatever"
    with pytest.raises(Refusal, match="foreign_card"):
        desk.insert(stranger)
    assert stranger.chip.tries == new_chip(kind).tries
    assert not any(stranger.chip.wear)


def test_a_card_that_names_the_maker_of_another_layout_is_refused(tmp_path: Path) -> None:
    """A weak check value lets one maker's code stand in the place of another's."""
    desk = open_desk(tmp_path)
    other = next(one for one in MAKERS if one.layout != MAKERS[0].layout)
    card = make_card(HOME, other, layout_of(MAKERS[0]), cards.DemoCardKeys())
    with pytest.raises(Refusal, match="no_maker_rules"):
        desk.insert(card)
    desk.station.store.close()
