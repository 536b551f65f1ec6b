"""A virtual meter: takes a card, credits its load, burns gas and writes its return block."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

from cardstation.domain.card import CardContent, CardType, PriceBlock, PriceStep, Quantity
from cardstation.domain.meter import CounterSchool, MeterKind
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from cardstation.files import write_whole
from cardstation.ports.layout import Layout
from cardstation.ports.tool_layout import ToolLayout
from drivers.layouts.open_tools import TOOL_LAYOUTS
from drivers.virtual.card import VirtualCard
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.meter_gas import use_gas
from drivers.virtual.meter_life import card_read, day_passed
from drivers.virtual.meter_rules import FLAT, Decision, MeterState, Taking, decide, number_of
from drivers.virtual.meter_tools import ToolDecision, decide_tool
from drivers.virtual.tear import Cut, Torn


@dataclass(frozen=True, slots=True)
class MeterVerdict:
    """What a meter did with a card.

    Attributes:
        credited: What it added to its residual, zero when nothing.
        error: Error number as shown and written back, 0 = none (reference cards 6.3).
        written: The return block stands on the card. torn: The card was pulled out too early;
            with a credited load this is gas in the meter without its proof on the card.
    """

    taking: Taking
    credited: Quantity
    residual: Quantity
    error: int
    written: bool
    torn: bool


@dataclass(frozen=True, slots=True)
class ToolVerdict:
    """What a meter did with a tool card.

    Attributes:
        error: Error number as shown, 0 = none.
        did: It did what the card says, now. torn: The card was pulled out too early.
        void: What is gone from it for nobody. tested: What it let through.
    """

    error: int
    did: bool = False
    torn: bool = False
    void: int = 0
    tested: Volume = NO_GAS


_MARKS = ("taken_mark", "tool_mark")
"""What a meter remembers as bytes."""


def _tool_verdict(decision: ToolDecision | None, *, torn: bool = False) -> ToolVerdict:
    error = int(MeterError.PULLED_EARLY if torn else MeterError.NONE)
    if decision is None or decision.use is None:
        return ToolVerdict(error, torn=torn)
    return ToolVerdict(error, True, torn, decision.void, Volume(decision.tested))


class VirtualMeter:
    """A meter on the wall.

    Attributes:
        state: What it remembers; replace it to set a residual, a limit or a fault.
    """

    def __init__(self, state: MeterState, layout: Layout) -> None:
        self.state = state
        self._layout = layout

    @classmethod
    def of_card(
        cls,
        content: CardContent,
        layout: Layout,
        school: CounterSchool = CounterSchool.EXACT,
    ) -> VirtualMeter:
        """The meter a card belongs to, remembering what it wrote there last.

        An opening card's meter is not opened yet. Without a readable return block the meter
        remembers nothing but its number and its household.
        """
        card, returned = content.identity, content.returned
        kind = MeterKind.VOLUME if isinstance(content.limits.hoard, Volume) else MeterKind.MONEY
        opened = card.card_type is not CardType.OPENING
        state = MeterState(
            meter_no=card.meter_no,
            kind=kind,
            school=school,
            account_no=card.account_no if opened else "",
            generation=card.generation,
            overdraft=number_of(content.limits.overdraft),
            price=content.price,
        )
        if returned is not None:
            state = replace(
                state,
                purchase_counter=returned.purchase_counter,
                taken_mark=returned.taken_mark,
                residual=number_of(returned.residual),
                cumulative=number_of(returned.cumulative),
                used_litres=returned.used.litres,
                faults=returned.flags - {"valve_closed"},
                error=returned.error,
            )
        return cls(state, layout)

    def take(
        self,
        card: VirtualCard,
        *,
        at: datetime | None = None,
        cut: Cut | None = None,
        backwards: bool = False,
    ) -> MeterVerdict:
        """Let the meter read a card, credit its load and write the return block.

        The load is credited before the block is written (reference cards 6.3, step 7). A meter
        whose battery is flat touches no card.

        Args:
            card: The card in the meter's slot.
            at: The meter's clock, by default now.
            cut: Pull the card at this step of the meter's write, counted from its first byte.
            backwards: The card lies the wrong way round, or is something else of metal.
        """
        if self.state.battery < FLAT:
            return self._verdict(self._untouched(MeterError.VOLTAGE))
        self.state = card_read(self.state)
        if backwards:
            return self._verdict(self._untouched(MeterError.CARD_RESET))
        try:
            card.chip.power_up()
            image = card.image
        except Torn:
            return self._verdict(self._pulled(Taking.REFUSED, 0), torn=True)
        now = at or datetime.now(UTC)
        decision = self._decide(image, now)
        self.state = decision.after
        if not decision.writes:
            card.chip.power_off()
            return self._verdict(decision)
        try:
            written = self._write(card, image, now, cut)
        except Torn:
            pulled = self._pulled(decision.taking, decision.credited)
            return self._verdict(pulled, torn=True)
        if not written:
            error = MeterError.COMMUNICATION
            self.state = replace(self.state, error=error)
            return self._verdict(replace(decision, error=error))
        return self._verdict(decision, written=True)

    def consume(self, volume: Volume) -> Volume:
        """Burn gas; returns what came through before the valve closed."""
        self.state, litres = use_gas(self.state, volume.litres)
        return Volume(litres)

    def live(self, day: date, volume: Volume) -> Volume:
        """Let one day pass with so much gas wanted; returns what came through."""
        self.state = day_passed(self.state, day)
        return self.consume(volume)

    def use(
        self, card: VirtualCard, *, at: datetime | None = None, cut: Cut | None = None
    ) -> ToolVerdict:
        """Let the meter read a fitter's tool card, do what it says and write that it did.

        Args:
            card: The card in the meter's slot.
            at: The meter's clock, by default now.
            cut: Pull the card at this step of the meter's writes, counted from the first byte.
        """
        if self.state.battery < FLAT:
            return ToolVerdict(int(MeterError.VOLTAGE))
        self.state = card_read(self.state)
        card.chip.power_up()
        layout = next((one for one in TOOL_LAYOUTS if one.recognises(card.image)), None)
        if layout is None or layout.chip != self._layout.chip:
            self._untouched(MeterError.FORMAT)
            return ToolVerdict(int(MeterError.FORMAT))
        decision = decide_tool(self.state, layout.decode(card.image), at or datetime.now(UTC))
        if not decision.place:
            self.state = decision.after
            return ToolVerdict(int(decision.error))
        try:
            return self._use(card, layout, decision, cut)
        except Torn:
            did = self.state is decision.after
            self.state = replace(self.state, error=MeterError.PULLED_EARLY)
            return _tool_verdict(decision if did else None, torn=True)

    def _use(
        self, card: VirtualCard, layout: ToolLayout, decision: ToolDecision, cut: Cut | None
    ) -> ToolVerdict:
        """The card says so first, then it is done and remembered, then the card says it was."""
        chip = card.chip
        if not chip.host_open(chip.secret):
            self.state = replace(self.state, error=MeterError.COMMUNICATION)
            return ToolVerdict(int(MeterError.COMMUNICATION))
        if cut is not None:
            chip.arm(cut)
        if decision.use is not None:
            plan = layout.plan_claim(card.image, decision.place, decision.use, decision.carried)
            chip.host_write(plan.spans)
            self.state = decision.after
        chip.host_write(layout.plan_done(card.image, decision.place).spans)
        chip.power_off()
        return _tool_verdict(decision)

    def _untouched(self, error: MeterError) -> Decision:
        self.state = replace(self.state, error=error)
        return Decision(self.state, Taking.REFUSED, 0, error, writes=False)

    def _decide(self, image: bytes, at: datetime) -> Decision:
        """A card whose answer was lost is a card all the same, if the meter can write it anew."""
        try:
            content = self._layout.decode(image)
            if content.returned is None:
                self._layout.plan_return(image, self.state.return_block(at))
        except Refusal:
            blank = self._layout.is_blank(image)
            return self._untouched(MeterError.NOT_ISSUED if blank else MeterError.FORMAT)
        return decide(self.state, content)

    def _write(self, card: VirtualCard, image: bytes, at: datetime, cut: Cut | None) -> bool:
        """Write the return block; a meter knows its card's code."""
        plan = self._layout.plan_return(image, self.state.return_block(at))
        chip = card.chip
        if not chip.host_open(chip.secret):
            chip.power_off()
            return False
        if cut is not None:
            chip.arm(cut)
        chip.host_write(plan.spans)
        chip.power_off()
        return card.image == plan.target

    def _pulled(self, taking: Taking, credited: int) -> Decision:
        self.state = replace(self.state, error=MeterError.PULLED_EARLY)
        return Decision(self.state, taking, credited, MeterError.PULLED_EARLY)

    def _verdict(
        self, decision: Decision, *, written: bool = False, torn: bool = False
    ) -> MeterVerdict:
        return MeterVerdict(
            taking=decision.taking,
            credited=self.state.quantity(decision.credited),
            residual=self.state.quantity(self.state.residual),
            error=int(decision.error),
            written=written,
            torn=torn,
        )

    def save(self, path: Path) -> None:
        """Write the meter's memory to a file, whole or not at all."""
        kept = asdict(self.state)
        for name in _MARKS:
            kept[name] = kept[name].hex()
        kept["faults"] = sorted(self.state.faults)
        write_whole(path, json.dumps(kept))

    @classmethod
    def load(cls, path: Path, layout: Layout) -> VirtualMeter:
        """Read a meter's memory from its file."""
        kept = json.loads(path.read_text("utf-8"))
        known = {one.name: kept[one.name] for one in fields(MeterState) if one.name in kept}
        known["kind"] = MeterKind(kept["kind"])
        known["school"] = CounterSchool(kept["school"])
        known |= {name: bytes.fromhex(kept[name]) for name in _MARKS if name in kept}
        known["faults"] = frozenset(kept["faults"])
        if kept["price"] is not None:
            steps = (PriceStep(**step) for step in kept["price"]["steps"])
            known["price"] = PriceBlock(kept["price"]["scheme"], tuple(steps))
        return cls(MeterState(**known), layout)
