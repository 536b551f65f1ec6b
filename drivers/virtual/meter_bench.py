"""A bench of meters: one for every card that comes by, of its maker's school and its own kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from cardstation.domain.card import CardContent
from cardstation.domain.meter import CounterSchool, MakerRules, MeterKind
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from cardstation.ports.layout import Layout
from drivers.virtual.card import VirtualCard
from drivers.virtual.meter import MeterVerdict, VirtualMeter
from drivers.virtual.tear import Cut

Wanted = Callable[[VirtualMeter], Volume]


@dataclass
class Hung:
    """One meter on the bench.

    Attributes:
        began: Everything it had credited when it was hung.
        burnt: What came through it since.
    """

    meter: VirtualMeter
    began: int
    burnt: Volume = field(default=NO_GAS)

    @property
    def credited(self) -> int:
        """Litres or fen it credited since it was hung."""
        return self.meter.state.cumulative - self.began


class MeterBench:
    """Meters by number.

    Args:
        layouts: What the cards may be.
        makers: Whose meters they are: the maker on the card says the school.
    """

    def __init__(self, layouts: Sequence[Layout], makers: Sequence[MakerRules]) -> None:
        self._layouts = tuple(layouts)
        self._schools: Mapping[str, CounterSchool] = {one.code: one.school for one in makers}
        self._hung: dict[str, Hung] = {}

    def __iter__(self) -> Iterator[Hung]:
        return iter(self._hung.values())

    def __getitem__(self, meter_no: str) -> Hung:
        return self._hung[meter_no]

    @property
    def kinds(self) -> frozenset[tuple[CounterSchool, MeterKind]]:
        """The schools and kinds that hang here."""
        return frozenset((one.meter.state.school, one.meter.state.kind) for one in self)

    def hang(self, card: VirtualCard) -> VirtualMeter:
        """The meter of a card; one that is not here yet remembers what the card says of it.

        Raises:
            Refusal: `foreign_card`, `card_damaged`, `no_maker_rules`.
        """
        layout, content = self._read(card.image)
        number = content.identity.meter_no
        if number not in self._hung:
            school = self._school_of(content)
            self._put(VirtualMeter.of_card(content, layout, school))
        return self._hung[number].meter

    def replace(self, old_no: str, new: VirtualMeter) -> VirtualMeter:
        """Take a meter off the wall and hang another one in its place; returns the old one."""
        old = self._hung.pop(old_no).meter
        self._put(new)
        return old

    def take(
        self,
        card: VirtualCard,
        *,
        at: datetime,
        cut: Cut | None = None,
        into: str = "",
        backwards: bool = False,
    ) -> MeterVerdict:
        """Put a card into its own meter, or into another one.

        Args:
            card: The card.
            at: The meters' clock.
            cut: Pull it while the meter writes.
            into: Number of the meter, empty = the card's own.
            backwards: The wrong way round.
        """
        meter = self._hung[into].meter if into else self.hang(card)
        return meter.take(card, at=at, cut=cut, backwards=backwards)

    def day(self, on: date, wanted: Wanted) -> Volume:
        """Let a day pass for all; returns what came through together."""
        together = NO_GAS
        for one in self:
            came = one.meter.live(on, wanted(one.meter))
            one.burnt += came
            together += came
        return together

    def _put(self, meter: VirtualMeter) -> None:
        self._hung[meter.state.meter_no] = Hung(meter, meter.state.cumulative)

    def _read(self, image: bytes) -> tuple[Layout, CardContent]:
        for layout in self._layouts:
            if layout.recognises(image):
                return layout, layout.decode(image)
        raise Refusal("foreign_card")

    def _school_of(self, content: CardContent) -> CounterSchool:
        maker = content.identity.maker
        if maker not in self._schools:
            raise Refusal("no_maker_rules", maker=maker)
        return self._schools[maker]
