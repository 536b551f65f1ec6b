"""The town: households, their cards and meters, and what truly happened to gas and money."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from random import Random

from cardstation.domain.admission import admit
from cardstation.domain.card import CardContent, Credit, Quantity
from cardstation.domain.household import Household
from cardstation.domain.ledger import Order
from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from drivers.keys import DemoCardKeys
from drivers.layouts.open4442 import OPEN4442
from drivers.makers import TRAINING
from drivers.virtual import VirtualCard
from drivers.virtual.maker import make_card
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import number_of
from drivers.virtual.tear import Cut
from tests.kit import cards

MACHINE, BANK = 65_000, 65_100
"""The numbers a loading machine and a bank's counter write on cards as their station."""
OWES = Money.of_yuan("12.50")
"""What every fifth household owes."""


def households(count: int) -> list[Household]:
    """Households of all four counter schools, every third with a money meter."""
    made = []
    for n in range(1, count + 1):
        first = cards.household(MeterKind.MONEY if n % 3 == 0 else MeterKind.VOLUME)
        made.append(
            replace(
                first,
                account_no=f"22010400{n:04d}",
                card_no=f"8801302500{n:04d}",
                meter=replace(first.meter, meter_no=f"QM179960{n:04d}"),
                name=f"住户{n}",
                arrears=NO_MONEY if n % 5 else OWES,
                address=replace(first.address, room=str(100 + n)),
            )
        )
    return made


def maker_of(household: Household) -> MakerRules:
    return TRAINING[int(household.account_no[-4:]) % len(TRAINING)]


_ISSUED: dict[tuple[str, str], VirtualCard] = {}


def _issued(household: Household, rules: MakerRules) -> VirtualCard:
    """The household's card as its maker issued it; the same in every world."""
    key = (household.card_no, rules.code)
    if key not in _ISSUED:
        _ISSUED[key] = make_card(household, rules, OPEN4442, DemoCardKeys())
    return _ISSUED[key]


@lru_cache(maxsize=2_000)
def credit_of(image: bytes) -> Credit | None:
    """The load a card shows, None where it is torn."""
    return OPEN4442.credit(image)


@dataclass
class Till:
    """All money that truly changed hands, by payment.

    Attributes:
        cash: What truly lies in the till of each desk since its shift was opened.
        handed: In which start of which desk it was that money was handed back last.
        last: Fen that were handed back last, but for remainders that are on record.
        back: Purchases whose money is back, whatever it went back by.
        counted: What was counted at its ends of shifts.
    """

    taken: dict[str, int] = field(default_factory=dict)
    declined: set[str] = field(default_factory=set)
    returned: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    handed: dict[str, object] = field(default_factory=dict)
    cash: Counter[str] = field(default_factory=Counter)
    back: set[str] = field(default_factory=set)
    counted: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def holds(self, payment_id: str) -> bool:
        """Whether a payment was taken and is not back with its payer."""
        return payment_id in self.taken and payment_id not in self.back


@dataclass
class OffBook:
    """A load that another channel wrote; its file tells of it a day later."""

    channel: int
    account_no: str
    mark: bytes
    at: datetime
    order_id: str = ""


class Home:
    """One household: its cards (one, or a copy somebody made), its meter, its gas.

    Attributes:
        credited: What the meter took, by mark of the load. machine: What loading machines wrote.
        again: Loads a meter without a counter took twice, because it was torn from its card.
        void: Loads on a copied card that its meter will never take.
    """

    def __init__(self, household: Household) -> None:
        self.household = household
        self.account_no = household.account_no
        self.rules = maker_of(household)
        self.cards = [_issued(household, self.rules).copy(household.card_no)]
        content = OPEN4442.decode(self.cards[0].image)
        self.meter = VirtualMeter.of_card(content, OPEN4442, self.rules.school)
        self.began = self.meter.state
        self.credited: dict[bytes, int] = {self.began.taken_mark: 0}
        self.machine: dict[bytes, int] = {}
        self.again: Counter[bytes] = Counter()
        self.torn_by_meter: set[bytes] = set()

    def content(self, card: VirtualCard) -> CardContent:
        return OPEN4442.decode(card.image)

    def meets_meter(self, card: VirtualCard, at: datetime, cut: Cut | None = None) -> str:
        """The customer puts the card into the meter; returns what it did."""
        before = self.meter.state
        verdict = self.meter.take(card, at=at, cut=cut)
        card.chip.arm(None)
        after = self.meter.state
        taken = after.cumulative - before.cumulative
        if taken:
            mark = after.taken_mark
            if mark in self.credited:
                self.again[mark] += 1
            else:
                self.credited[mark] = taken
            if verdict.torn:
                self.torn_by_meter.add(mark)
        return f"{verdict.taking.value} {taken}{' torn' if verdict.torn else ''}"

    def burn(self, share: float) -> None:
        """Use gas."""
        state = self.meter.state
        litres = state.residual if state.kind is MeterKind.VOLUME else state.residual * 1000 // 280
        self.meter.consume(Volume(max(0, int(litres * share))))

    def machine_loads(
        self, chance: Random, at: datetime, order: Order | None = None, *, by: int = MACHINE
    ) -> str:
        """A loading machine or a bank writes gas on the card and tells nobody for now.

        Args:
            chance: For the load's mark and amount.
            at: When.
            order: What was paid for it beforehand, None = it takes the money itself.
            by: Which channel.

        Returns:
            The amount, or why it refused.
        """
        card = self.cards[0]
        content = self.content(card)
        try:
            admitted = admit(content, self.rules)
        except Refusal as stop:
            return stop.code
        if order is not None and admitted.counter != order.expected_counter:
            return "order_loaded_elsewhere"
        mark = chance.randbytes(4)
        number = chance.randrange(5, 40) * 1000
        if order is not None:
            number = order.litres or order.fen
        quantity: Quantity = Volume(number)
        if self.household.meter.kind is MeterKind.MONEY:
            quantity = Money(number)
        last, block = admitted.credit, admitted.returned
        base = max(number_of(last.cumulative), number_of(block.cumulative))
        counter = admitted.counter + (not self.uncounted)
        credit = Credit(
            quantity=quantity,
            purchase_counter=counter,
            cumulative=type(quantity)(base + number),
            loaded_at=at,
            station_no=by,
            mark=mark,
            sequence=0,
        )
        card.chip.main[:] = OPEN4442.plan_load(card.image, credit).target
        self.machine[mark] = number
        return f"{number}"

    def by_others(self) -> int:
        """Gas that others loaded and that stands on the card or in the meter."""
        there = self.waiting() | set(self.credited)
        return sum(number for mark, number in self.machine.items() if mark in there)

    def on_cards(self) -> int:
        """Gas that stands on the cards and was not taken yet, as the cards themselves say."""
        found = {}
        for card in self.cards:
            credit = credit_of(bytes(card.image))
            if credit is not None and credit.mark not in self.credited:
                found[credit.mark] = number_of(credit.quantity)
        return sum(found.values())

    def in_meter(self) -> int:
        """Gas the meter took, by its own memory where it can be believed."""
        if self.uncounted or not self.began.cumulative:
            return sum(self.credited.values())
        return self.meter.state.cumulative - self.began.cumulative

    def waiting(self, *cards: VirtualCard) -> set[bytes]:
        """Marks of the loads that stand on these cards (or any) and were not taken yet."""
        found = set()
        for card in cards or self.cards:
            credit = credit_of(bytes(card.image))
            if credit is not None and credit.quantity and credit.mark not in self.credited:
                found.add(credit.mark)
        return found

    @property
    def uncounted(self) -> bool:
        return self.rules.school is CounterSchool.NONE


class Town:
    """Households by number; cards and meters are made when somebody first comes.

    Attributes:
        off_book: Loads of other channels that no file has told of yet.
        by_machine: Orders that loading machines have loaded.
    """

    def __init__(self, directory: list[Household]) -> None:
        self.directory = directory
        self.till = Till()
        self.off_book: list[OffBook] = []
        self.by_machine: set[str] = set()
        self.homes: dict[str, Home] = {}

    def home(self, number: int) -> Home:
        return self.at(self.directory[number])

    def at(self, household: Household) -> Home:
        found = self.homes.get(household.account_no)
        if found is None:
            found = self.homes[household.account_no] = Home(household)
        return found
