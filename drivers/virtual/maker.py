"""Makes virtual cards: issues one for a household, as the maker's own desk would."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cardstation.domain.card import (
    CardIdentity,
    CardType,
    Credit,
    Limits,
    PriceBlock,
    PriceStep,
    Quantity,
    ReturnBlock,
    WritePlan,
)
from cardstation.domain.household import Household
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.errors import ensure
from cardstation.ports.keys import CardKeys
from cardstation.ports.layout import Layout
from drivers.virtual.card import VirtualCard, new_chip

ISSUED_AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)

DEMO_PRICE = PriceBlock(
    1, (PriceStep(390, 28_000), PriceStep(600, 33_600), PriceStep(None, 42_000))
)
"""What a money meter believes when nothing else is said."""

_LAST_LOAD = {MeterKind.VOLUME: 30_000, MeterKind.MONEY: 10_000}
_RESIDUAL = {MeterKind.VOLUME: 3_500, MeterKind.MONEY: 1_200}
_FEN_PER_M3 = 280


@dataclass(frozen=True, slots=True)
class CardStory:
    """What happened to a virtual card before it came to the desk; None = something sensible.

    Attributes:
        counter: Purchase counter on the card, by default the household's.
        load: Last load. taken: False leaves it on the card for the meter to take.
        residual: What was left in the meter when it last wrote.
        limits, price: Of the meter. card_type: `OPENING` cards have not met their meter.
        flags, error: What the meter reported.
        at: When the card was last written.
        mark: Mark of the last load, by default made of the card number.
    """

    counter: int | None = None
    load: Quantity | None = None
    taken: bool = True
    residual: Quantity | None = None
    limits: Limits | None = None
    price: PriceBlock | None = None
    card_type: CardType = CardType.USER
    flags: frozenset[str] = frozenset()
    error: int = 0
    at: datetime = ISSUED_AT
    mark: bytes | None = None
    station_no: int = 1


def make_card(
    household: Household,
    rules: MakerRules,
    layout: Layout,
    keys: CardKeys,
    *,
    story: CardStory | None = None,
    counter: int | None = None,
) -> VirtualCard:
    """Issue a virtual card for a household, its last load taken by the meter.

    Args:
        household: Whose card it is; its account, card and meter numbers go onto it.
        rules: Of the maker, whose code goes onto the card.
        layout: Of that maker's cards.
        keys: Where the card's code comes from.
        story: What else happened to the card.
        counter: Short for a story with this purchase counter.

    Raises:
        Refusal: `field_does_not_fit`, `no_key_for_maker`.
    """
    told = story or CardStory()
    last = household.purchase_counter if told.counter is None else told.counter
    credit, returned = _history(household, told, last if counter is None else counter)
    money = household.meter.kind is MeterKind.MONEY
    card = VirtualCard(new_chip(layout.chip), household.card_no)
    identity = CardIdentity(
        maker=rules.code,
        card_type=told.card_type,
        card_no=household.card_no,
        account_no=household.account_no,
        meter_no=household.meter.meter_no,
        generation=household.generation,
    )
    limits = told.limits or rules.limits_of(household.meter.kind)
    price = told.price or (DEMO_PRICE if money else None)
    plan = layout.plan_issue(card.image, identity, credit, limits, price, returned)
    blank = card.chip.secret
    code = keys.code_for(rules.code, household.card_no, len(blank)) if blank else b""
    _write(card, plan, blank, code)
    return card


def _history(household: Household, told: CardStory, counter: int) -> tuple[Credit, ReturnBlock]:
    kind = household.meter.kind
    typical = _LAST_LOAD[kind]
    total = counter * typical
    if kind is MeterKind.VOLUME:
        total = max(total, -(-household.bought_this_year.litres // 1000) * 1000)
    load = min(typical if counter else 0, total) if told.load is None else _number(told.load)
    total = max(total, load)
    credited = total if told.taken else total - load
    residual = min(_RESIDUAL[kind], credited) if told.residual is None else _number(told.residual)
    mark = told.mark or (hashlib.sha256(household.card_no.encode()).digest()[:4])
    credit = Credit(
        quantity=_quantity(kind, load),
        purchase_counter=counter,
        cumulative=_quantity(kind, total),
        loaded_at=told.at,
        station_no=told.station_no,
        mark=mark,
        sequence=0,
    )
    spent = max(0, credited - residual)
    returned = ReturnBlock(
        meter_no=household.meter.meter_no,
        purchase_counter=counter if told.taken else max(0, counter - 1),
        taken_mark=mark if told.taken else bytes(4),
        residual=_quantity(kind, residual),
        cumulative=_quantity(kind, credited),
        used=Volume(spent if kind is MeterKind.VOLUME else spent * 1000 // _FEN_PER_M3),
        flags=told.flags,
        error=told.error,
        written_at=told.at,
        sequence=0,
    )
    return credit, returned


def _number(quantity: Quantity) -> int:
    return quantity.fen if isinstance(quantity, Money) else quantity.litres


def _quantity(kind: MeterKind, number: int) -> Quantity:
    return Money(number) if kind is MeterKind.MONEY else Volume(number)


def _write(card: VirtualCard, plan: WritePlan, blank: bytes, code: bytes) -> None:
    chip = card.chip
    chip.power_up()
    ensure(chip.host_open(blank), "a blank opens with the factory code")
    chip.host_write(plan.spans)
    chip.host_close(code)
    chip.power_off()
    ensure(card.image == plan.target, "the card carries what was planned")
