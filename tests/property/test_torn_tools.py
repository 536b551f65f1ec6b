"""A tool card pulled out of a meter at every sub-step: nothing twice, nothing gone unseen.

Every pull of the first insertion, then the same meter once more, then whatever meters are left; and
every pull of the second insertion, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import pytest

from cardstation.domain.meter import MeterKind
from cardstation.domain.tool_card import Tool, ToolContent
from cardstation.domain.volume import NO_GAS, Volume
from drivers.layouts.open4442 import OPEN4442
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.layouts.records import amount
from drivers.virtual import VirtualCard
from drivers.virtual.maker import DEMO_PRICE
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_life import tampered
from drivers.virtual.meter_rules import MeterState
from drivers.virtual.tear import Moment, Tear
from drivers.virtual.tool_maker import make_tool_card
from tests.kit import cards

LITRES = Volume(500)
OLD, NEW, THIRD = "QM1799609893", "QM0000000002", "QM0000000003"


@dataclass
class Street:
    """Three meters, one tool card, and what came out of it."""

    tool: Tool
    kind: MeterKind = MeterKind.VOLUME
    tested: Volume = NO_GAS
    void: int = 0
    pulled: int = 0
    meters: dict[str, VirtualMeter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        price = DEMO_PRICE if self.kind is MeterKind.MONEY else None
        old = MeterState(
            OLD, self.kind, account_no="220104000017", residual=3_500, cumulative=90_000,
            purchase_counter=7, taken_mark=b"mark", price=price,
        )  # fmt: skip
        states = (tampered(old, "magnet"), MeterState(NEW, self.kind), MeterState(THIRD, self.kind))
        self.meters = {one.meter_no: VirtualMeter(one, OPEN4442) for one in states}
        test_gas = LITRES if self.tool is Tool.TEST else NO_GAS
        uses = 1 if self.tool is not Tool.CHANGE else 2
        self.card = make_tool_card(self.tool, OLD, cards.AT, uses=uses, test_gas=test_gas)

    def put_in(self, meter_no: str, cut: Tear | None = None) -> bool:
        """Returns whether the card was pulled."""
        verdict = self.meters[meter_no].use(self.card, at=cards.AT, cut=cut)
        self.tested += verdict.tested
        self.void += verdict.void
        self.pulled += verdict.torn
        return verdict.torn

    @property
    def content(self) -> ToolContent:
        [layout] = [one for one in TOOL_LAYOUTS if one.recognises(self.card.image)]
        return layout.decode(self.card.image)

    @property
    def in_meters(self) -> int:
        return sum(one.state.residual for one in self.meters.values())

    def must_hold(self) -> None:
        shown = self.content
        assert not shown.broken
        assert self.in_meters + self.void <= 3_500
        assert self.tested.litres <= shown.let_through.litres <= shown.card.most_gas.litres
        if self.in_meters + self.void < 3_500:
            assert self.tool is Tool.CHANGE
            assert shown.on_the_way
            assert amount(shown.uses[0].residual) == 3_500 - self.in_meters
            assert shown.carried is not None
            assert shown.carried.account_no == "220104000017"
        home = shown.brought_home
        if home is not None:
            assert self.meters[OLD].state.account_no == ""


def tears() -> Iterator[Tear]:
    """Before the first step, then inside and after each."""
    yield Tear(0, Moment.BEFORE)
    for step in count():
        yield Tear(step, Moment.INSIDE, seed=step)
        yield Tear(step, Moment.AFTER)


def every_pull(street: Callable[[], Street], meter_no: str) -> Iterator[Street]:
    """A street after each pull out of one meter."""
    for tear in tears():
        now = street()
        if not now.put_in(meter_no, tear):
            return
        now.must_hold()
        yield now


def ended(street: Street, meter_no: str = OLD) -> None:
    """The same meter ends it, and does it no more; a meter emptied by mistake would be filled."""
    times = 1 if meter_no == OLD and street.tool is Tool.CHANGE else 2
    for _ in range(times if street.content.brought_home is None else 0):
        street.put_in(meter_no)
        street.must_hold()
    assert not street.content.unfinished


@pytest.mark.parametrize("tool", [Tool.UNLOCK, Tool.TEST, Tool.CLEAR, Tool.CHECK])
def test_what_was_cut_short_is_done_once(
    tool: Tool, record_property: Callable[[str, object], None]
) -> None:
    pulls = 0
    for street in every_pull(lambda: Street(tool), OLD):
        pulls += 1
        ended(street)
        old = street.meters[OLD].state
        assert street.tested == (LITRES if tool is Tool.TEST else NO_GAS)
        assert street.void == (3_500 if tool is Tool.CLEAR else 0)
        assert (old.account_no == "") == (tool is Tool.CLEAR)
        assert old.locked == (tool in (Tool.TEST, Tool.CHECK))
        assert len(street.content.uses) == 1
    assert pulls > 60
    record_property("counted", {f"a {tool.value} card pulled out of a meter, wrong 0:": pulls})


def test_what_was_taken_out_may_be_put_back() -> None:
    street = Street(Tool.CHANGE)
    for _ in range(3):
        street.put_in(OLD)
        street.must_hold()
    assert street.meters[OLD].state.residual == 3_500
    assert street.content.brought_home is None


@pytest.mark.parametrize("kind", list(MeterKind))
def test_gas_is_carried_once_whatever_is_pulled(
    kind: MeterKind, record_property: Callable[[str, object], None]
) -> None:
    pulls = 0
    for street in every_pull(lambda: Street(Tool.CHANGE, kind), OLD):
        pulls += 1
        ended(street)
        assert street.meters[OLD].state.residual == 0
        street.put_in(NEW)
        street.must_hold()
        assert street.meters[NEW].state.residual == 3_500
    for street in every_pull(lambda: carried_out(kind), NEW):
        pulls += 1
        claimed = len(street.content.uses) == 2
        street.put_in(THIRD)
        street.must_hold()
        last = NEW if claimed else THIRD
        street.put_in(last)
        street.must_hold()
        assert not street.content.unfinished
        assert street.meters[last].state.residual == 3_500
        assert street.meters[last].state.purchase_counter == 7
        assert not street.content.on_the_way
    assert pulls > 200
    record_property("counted", {f"a change card pulled, {kind.value}, gas twice 0:": pulls})


def carried_out(kind: MeterKind) -> Street:
    street = Street(Tool.CHANGE, kind)
    street.put_in(OLD)
    return street


def test_pulled_twice_it_still_happens_once() -> None:
    """The second insertion into the same meter is pulled, too."""
    for number, first in enumerate(every_pull(lambda: Street(Tool.CLEAR), OLD)):
        if number % 11:
            continue
        for second in range(0, 120, 7):
            street = replace(first, meters={})
            street.meters = {
                no: VirtualMeter(one.state, OPEN4442) for no, one in first.meters.items()
            }
            street.card = first.card.copy()
            if not street.put_in(OLD, Tear(second, seed=second)):
                break
            street.must_hold()
            ended(street)
            assert street.void == 3_500


def test_a_new_meter_takes_nothing_before_the_old_one_gave_it() -> None:
    """Claimed and not done: the old meter may have its gas still."""
    for street in every_pull(lambda: Street(Tool.CHANGE), OLD):
        if not street.content.unfinished:
            continue
        assert not street.meters[NEW].use(street.card, at=cards.AT).did
        assert street.meters[NEW].state.residual == 0
        ended(street)
    assert isinstance(street.card, VirtualCard)
