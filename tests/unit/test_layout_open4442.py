from __future__ import annotations

from dataclasses import replace

import pytest

from cardstation.domain.card import CardContent, PriceBlock, PriceStep
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Defect, Refusal
from drivers.layouts.open4442 import OPEN4442
from drivers.layouts.slots import is_newer
from drivers.virtual.chip import FACTORY_MAIN
from drivers.virtual.maker import CardStory
from tests.kit import cards

IDENTITY = range(0x20, 0x42)


def spoiled(image: bytes, address: int, value: int | None = None) -> bytes:
    new = image[address] ^ 0x01 if value is None else value
    return image[:address] + bytes([new]) + image[address + 1 :]


def written(image: bytes, plan_target: bytes) -> set[int]:
    return {a for a in range(256) if image[a] != plan_target[a]}


def issue_plan(image: bytes, content: CardContent) -> bytes:
    assert content.credit is not None
    assert content.returned is not None
    return OPEN4442.plan_issue(
        image, content.identity, content.credit, content.limits, content.price, content.returned
    ).target


@pytest.mark.parametrize("kind", list(MeterKind))
def test_a_load_writes_the_inactive_slot_and_nothing_else(kind: MeterKind) -> None:
    image = cards.card(kind=kind).image
    for slot in (range(0x68, 0x80), range(0x50, 0x68), range(0x68, 0x80)):
        credit = cards.next_load(image, mark=bytes(slot[:4]))
        plan = OPEN4442.plan_load(image, credit)
        assert {a for span in plan.spans for a in range(span.address, span.end)} == set(slot)
        assert plan.spans[-1].address == slot[-1]
        assert len(plan.spans[-1].data) == 1
        assert plan.owned == (
            range(0x20, 0x42),
            range(0x42, 0x50),
            range(0x50, 0x68),
            range(0x68, 0x80),
            range(0xD0, 0xF2),
        )
        before, after = OPEN4442.credit(image), OPEN4442.credit(plan.target)
        assert before is not None
        assert after == replace(credit, sequence=(before.sequence + 1) % 256)
        assert OPEN4442.decode(plan.target).pending == credit.quantity
        image = plan.target


def test_a_clearing_leaves_nothing_of_the_load_to_fall_back_on() -> None:
    card = cards.card()
    loaded = OPEN4442.plan_load(card.image, cards.next_load(card.image)).target
    plan = OPEN4442.plan_clear(loaded, cards.clearing(loaded))
    content = OPEN4442.decode(plan.target)
    assert content.pending is None
    assert content.credit is not None
    assert (content.credit.quantity, content.credit.purchase_counter) == (NO_GAS, 50)
    assert plan.target[0x68] == 0xFF
    slot_gone = plan.target[:0x50] + b"\x00" * 24 + plan.target[0x68:]
    assert OPEN4442.credit(slot_gone) is None


def test_a_clearing_carries_no_gas() -> None:
    image = cards.card().image
    with pytest.raises(Defect):
        OPEN4442.plan_clear(image, cards.next_load(image))


def test_no_readable_answer_of_the_meter_no_sale_and_no_refund() -> None:
    card = cards.card()
    loaded = OPEN4442.plan_load(card.image, cards.next_load(card.image)).target
    silent = spoiled(loaded, 0x85)
    content = OPEN4442.decode(silent)
    assert content.returned is None
    assert content.pending is None
    for plan in (
        lambda: OPEN4442.plan_load(silent, cards.next_load(silent, mark=b"abcd")),
        lambda: OPEN4442.plan_clear(silent, cards.clearing(silent)),
        lambda: OPEN4442.plan_return(
            silent, OPEN4442.returned(loaded) or pytest.fail("was readable")
        ),
    ):
        with pytest.raises(Refusal, match="no_return_block"):
            plan()


def test_no_readable_credit_slot_no_load() -> None:
    image = cards.card().image
    broken = spoiled(image, 0x55)
    assert OPEN4442.decode(broken).credit is None
    with pytest.raises(Refusal, match="no_credit_slot"):
        OPEN4442.plan_load(broken, cards.next_load(image))


def test_a_mark_is_never_used_twice_and_units_are_never_mixed() -> None:
    image = cards.card().image
    returned = OPEN4442.returned(image)
    assert returned is not None
    with pytest.raises(Defect, match="mark"):
        OPEN4442.plan_load(image, cards.next_load(image, mark=returned.taken_mark))
    load = cards.next_load(image)
    money = replace(load, quantity=Money(100), cumulative=Money(100))
    with pytest.raises(Defect, match="unit"):
        OPEN4442.plan_load(image, money)
    with pytest.raises(Defect, match="unit"):
        OPEN4442.plan_load(image, replace(load, cumulative=Money(1)))


def test_what_is_too_large_for_the_card_is_refused() -> None:
    image = cards.card().image
    load = cards.next_load(image)
    for change in ({"purchase_counter": 65_536}, {"quantity": Volume(2**32)}):
        with pytest.raises(Refusal, match="field_does_not_fit"):
            OPEN4442.plan_load(image, replace(load, **change))  # type: ignore[arg-type]


def test_the_meters_block_is_written_without_touching_the_desks() -> None:
    card = cards.card()
    returned = OPEN4442.returned(card.image)
    assert returned is not None
    answer = replace(returned, used=returned.used + Volume(1), error=17)
    plan = OPEN4442.plan_return(card.image, answer)
    assert written(card.image, plan.target) <= set(range(0xA8, 0xD0))
    assert plan.owned == (range(0x80, 0xA8), range(0xA8, 0xD0))
    assert OPEN4442.returned(plan.target) == replace(answer, sequence=1)
    second = OPEN4442.plan_return(plan.target, answer)
    assert written(plan.target, second.target) <= set(range(0x80, 0xA8))


def test_blank_foreign_damaged() -> None:
    image = cards.card().image
    assert OPEN4442.is_blank(FACTORY_MAIN)
    assert not OPEN4442.is_blank(FACTORY_MAIN[:100])
    assert not OPEN4442.is_blank(spoiled(FACTORY_MAIN, 0x90))
    for other in (FACTORY_MAIN, bytes(256), image[:128], bytes(range(256))):
        assert not OPEN4442.recognises(other)
        with pytest.raises(Refusal, match="foreign_card"):
            OPEN4442.decode(other)
    for address in IDENTITY:
        broken = spoiled(image, address)
        assert not OPEN4442.recognises(broken)
        assert not OPEN4442.is_blank(broken)
        with pytest.raises(Refusal, match="card_damaged"):
            OPEN4442.decode(broken)
    for address in range(0x42, 0x50):
        with pytest.raises(Refusal, match="card_damaged"):
            OPEN4442.decode(spoiled(image, address))


def test_a_damaged_price_is_not_a_missing_one() -> None:
    image = cards.card(kind=MeterKind.MONEY).image
    assert OPEN4442.decode(image).price is not None
    with pytest.raises(Refusal, match="card_damaged"):
        OPEN4442.decode(spoiled(image, 0xD1))
    assert OPEN4442.decode(cards.card().image).price is None


def test_a_price_has_up_to_five_steps() -> None:
    card = cards.content(cards.card(kind=MeterKind.MONEY))
    steps = tuple(PriceStep(to, 28_000) for to in (100, 200, 300, 400, None))
    full = replace(card, price=PriceBlock(9, steps))
    assert OPEN4442.decode(issue_plan(b"\xff" * 256, full)).price == full.price
    over = replace(card, price=PriceBlock(9, (*steps[:4], *steps)))
    with pytest.raises(Refusal, match="field_does_not_fit"):
        issue_plan(b"\xff" * 256, over)
    empty = replace(card, price=PriceBlock(0, ()))
    assert OPEN4442.decode(issue_plan(b"\xff" * 256, empty)).price == empty.price


def test_issuing_over_our_own_dead_card_leaves_nothing_of_it() -> None:
    dead = cards.card(CardStory(taken=False), kind=MeterKind.MONEY)
    used = OPEN4442.plan_load(dead.image, cards.next_load(dead.image)).target
    fresh = cards.content(cards.card())
    reissued = issue_plan(used, fresh)
    assert reissued == issue_plan(dead.image[:0x20] + b"\xff" * 224, fresh)
    assert reissued[:0x20] == used[:0x20]


def test_an_issue_that_lost_only_its_version_byte_is_still_unfinished() -> None:
    """A chip that erases before it programs may leave FF in place of the begun mark."""
    image = cards.card().image
    for value in (0xFE, 0xFF):
        cut = spoiled(image, 0x20, value)
        assert OPEN4442.is_blank(cut)
        with pytest.raises(Refusal, match="card_damaged"):
            OPEN4442.decode(cut)


@pytest.mark.parametrize(
    ("sequence", "other", "newer"),
    [(1, 0, True), (0, 255, True), (127, 0, True), (128, 0, False), (0, 0, False), (255, 0, False)],
)
def test_serial_order(sequence: int, other: int, newer: bool) -> None:
    assert is_newer(sequence, other) is newer


def test_the_valid_slot_counts_whatever_the_other_claims() -> None:
    card = cards.card()
    image = OPEN4442.plan_load(card.image, cards.next_load(card.image)).target
    shown = OPEN4442.credit(spoiled(image, 0x7F, 0x7E))
    assert shown == OPEN4442.credit(card.image)
    assert OPEN4442.credit(spoiled(image, 0x60)) == OPEN4442.credit(image)
