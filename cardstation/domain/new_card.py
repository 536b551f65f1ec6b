"""What stands on a card that is new, and on one that came home from its meter; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    CardType,
    Credit,
    PriceBlock,
    PriceStep,
    Quantity,
    ReturnBlock,
)
from cardstation.domain.meter import MakerRules, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.tariff import Tier
from cardstation.domain.topup import NO_MARK
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal, fail

NEVER_MET = datetime(2020, 1, 1, tzinfo=UTC)
"""When the answer was written of a card that has not met its meter: a desk put it there."""
_SCHEME = 1


def new_content(
    identity: CardIdentity,
    rules: MakerRules,
    kind: MeterKind,
    *,
    tiers: Sequence[Tier],
    at: datetime,
    station_no: int,
    mark: bytes,
) -> CardContent:
    """A card without gas, at counter 0, whose meter has answered nothing yet.

    Args:
        identity: Whose card it is.
        rules: Of its maker: what its meter enforces.
        kind: Of its meter.
        tiers: The price steps that a money meter believes; a volume meter has none.
        at: Now.
        station_no: Of the desk.
        mark: Of the work that writes it.
    """
    nothing: Quantity = Money(0) if kind is MeterKind.MONEY else Volume(0)
    return CardContent(
        identity=identity,
        credit=Credit(
            quantity=nothing,
            purchase_counter=0,
            cumulative=nothing,
            loaded_at=at,
            station_no=station_no,
            mark=mark,
            sequence=0,
        ),
        limits=rules.limits_of(kind),
        price=_price(tiers) if kind is MeterKind.MONEY else None,
        returned=ReturnBlock(
            meter_no="",
            purchase_counter=0,
            taken_mark=NO_MARK,
            residual=nothing,
            cumulative=nothing,
            used=NO_GAS,
            flags=frozenset(),
            error=0,
            written_at=NEVER_MET,
            sequence=0,
        ),
    )


def _price(tiers: Sequence[Tier]) -> PriceBlock:
    steps = [
        PriceStep(None if one.to is None else one.to.litres // 1000, one.price_e4) for one in tiers
    ]
    return PriceBlock(_SCHEME, tuple(steps))


def bound_content(
    content: CardContent, meter_no: str, *, at: datetime, station_no: int, mark: bytes
) -> CardContent:
    """An opening card that met its meter, as the user's card of that meter: it counts as it does.

    Args:
        content: What it shows.
        meter_no: On file.
        at: Now.
        station_no: Of the desk.
        mark: Of the work that writes it.

    Raises:
        Refusal: `card_not_home`: its meter has answered nothing; `meter_differs_from_file`;
            `no_credit_slot`.
    """
    identity, credit, returned = content.identity, content.credit, content.returned
    if returned is None or returned.written_at == NEVER_MET:
        raise Refusal("card_not_home", card_no=identity.card_no)
    if returned.meter_no != meter_no:
        raise Refusal(
            "meter_differs_from_file",
            account_no=identity.account_no,
            seen=returned.meter_no,
            filed=meter_no,
        )
    if credit is None:
        raise Refusal("no_credit_slot", card_no=identity.card_no)
    return replace(
        content,
        identity=replace(identity, card_type=CardType.USER, meter_no=meter_no),
        credit=replace(
            credit,
            quantity=type(credit.quantity)(0),
            purchase_counter=max(credit.purchase_counter, returned.purchase_counter),
            cumulative=max(credit.cumulative, returned.cumulative, key=_number),
            loaded_at=at,
            station_no=station_no,
            mark=mark,
        ),
    )


def restored_content(
    content: CardContent, *, at: datetime, station_no: int, mark: bytes
) -> CardContent:
    """A card as it was before it was written for another meter; no gas, counter and total stay.

    What its meter had taken then must not be there once more under another mark.

    Args:
        content: What it showed.
        at: Now.
        station_no: Of the desk.
        mark: Of the work that writes it.
    """
    credit = content.credit or fail("a card that was changed had a credit")
    nothing = type(credit.quantity)(0)
    told = replace(credit, quantity=nothing, loaded_at=at, station_no=station_no, mark=mark)
    return replace(content, credit=told)


def moved_content(
    content: CardContent, meter_no: str, *, at: datetime, station_no: int, mark: bytes
) -> CardContent:
    """A card whose meter was moved into another one, with its count and all it ever took.

    Args:
        content: What it shows, of the old meter.
        meter_no: Of the one that goes on counting.
        at: Now.
        station_no: Of the desk.
        mark: Of the work that writes it.
    """
    returned = content.returned or fail("a card that is changed has an answer")
    there = replace(
        content,
        identity=replace(content.identity, meter_no=meter_no),
        returned=replace(returned, meter_no=meter_no),
    )
    return restored_content(there, at=at, station_no=station_no, mark=mark)


def _number(quantity: Quantity) -> int:
    return quantity.fen if isinstance(quantity, Money) else quantity.litres
