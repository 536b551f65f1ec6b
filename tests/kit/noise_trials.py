"""A sale over bad contacts and bad drivers: one noise at one exchange, then good readers again.

What the desk says, and what its books say once the same card was put in again, must be true of
the card in the chip: sold once, or not sold and found out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from cardstation.domain.meter import MakerRules
from cardstation.domain.money import Money
from cardstation.domain.topup import TopUpRequest
from cardstation.errors import CardStationError, Defect
from cardstation.services.resolve import resolve_card
from cardstation.services.top_up import top_up
from cardstation.services.verify import verify
from drivers.chips import CHIPS
from drivers.makers import MAKERS
from drivers.readers.wrappers import Fault
from drivers.virtual import Noise, NoiseKind, VirtualCard, VirtualReader
from drivers.virtual.meter_rules import number_of
from tests.kit import cards
from tests.kit.station import Desk, card_of, layout_of, nobody, open_desk

ONE_OF_EACH = list({rules.layout: rules for rules in reversed(MAKERS) if rules.training}.values())
"""A maker for every layout."""
PAYS = TopUpRequest(money=Money(10_000))
FLIPS, TRIES = 6, 2

NOISES = [
    *(Noise(0, NoiseKind.FLIPPED_BIT, seed) for seed in range(FLIPS)),
    *(
        Noise(0, kind, acted=acted)
        for kind in (NoiseKind.FAILED_6300, NoiseKind.FAILED_6F00, NoiseKind.NO_ANSWER)
        for acted in (True, False)
    ),
]


def every_noise(exchanges: int) -> Iterator[Noise]:
    """Each noise at each exchange."""
    for number in range(exchanges):
        for one in NOISES:
            yield Noise(number, one.kind, one.seed, acted=one.acted)


def exchanges_of_a_sale(folder: Path, rules: MakerRules) -> int:
    """How many a sale takes when nothing goes wrong."""
    desk, card, counting = _desk(folder, rules), card_of(cards.household(), rules), Fault()
    desk.reader.wrap = counting.wrap
    desk.reader.insert(card)
    _sell(desk)
    desk.station.store.close()
    return counting.exchanges


def trial(folder: Path, rules: MakerRules, noise: Noise) -> str:
    """Sell with one noise; how it ended: what was said, and the states of the sale."""
    desk, card = _desk(folder, rules), card_of(cards.household(), rules)
    with closing(desk.station.store):
        desk.reader.insert(card, noise=[noise])
        told = ""
        try:
            _sell(desk)
        except Defect:
            raise
        except CardStationError as error:
            told = error.code
        for _ in range(TRIES):
            _put_in_again(desk, card)
        _judge(desk, card, rules, told)
        states = "+".join(desk.states())
    return f"{told or 'sold'}: {states or 'nothing begun'}"


def _desk(folder: Path, rules: MakerRules) -> Desk:
    driver = next(one for one in CHIPS if one.name == layout_of(rules).chip)
    return open_desk(folder, reader=VirtualReader(dialect=next(iter(driver.spoken))))


def _sell(desk: Desk) -> None:
    inserted = desk.identified()
    try:
        top_up(desk.station, inserted, PAYS, nobody)
    finally:
        inserted.close()


def _put_in_again(desk: Desk, card: VirtualCard) -> None:
    inserted = desk.insert(card)
    try:
        resolve_card(desk.station, inserted)
    finally:
        inserted.close()


def _judge(desk: Desk, card: VirtualCard, rules: MakerRules, told: str) -> None:
    found = verify(desk.station)
    assert found.ok, found.disagreements
    waits = layout_of(rules).decode(card.image).pending
    there = 0 if waits is None else number_of(waits)
    sold = found.gas_terms["sold_litres"] - found.gas_terms["returned_litres"]
    assert sold == there, (told, desk.states())
    assert told or there, "a desk that says nothing has sold"
    assert set(desk.states()[-1:]) <= {"sealed"}, "nothing is left open"
    assert card.chip.tries == type(card.chip)().tries, "no try of the card is lost"
