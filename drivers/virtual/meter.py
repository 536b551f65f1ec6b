"""A virtual meter: takes a card, credits its load, burns gas and writes its return block."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

from cardstation.domain.card import CardContent, CardType, PriceBlock, PriceStep, Quantity
from cardstation.domain.meter import CounterSchool, MeterKind
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.files import write_whole
from cardstation.ports.layout import Layout
from drivers.virtual.card import VirtualCard
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.meter_gas import use_gas
from drivers.virtual.meter_life import card_read, day_passed
from drivers.virtual.meter_rules import FLAT, Decision, MeterState, Taking, decide, number_of
from drivers.virtual.meter_tools import ToolCard, Worked, apply
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

    def use(self, tool: ToolCard) -> Worked:
        """Put a fitter's tool card in; the card says afterwards what it carries."""
        if self.state.battery < FLAT:
            return Worked(tool, MeterError.VOLTAGE)
        self.state, worked = apply(card_read(self.state), tool)
        return worked

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
        kept["taken_mark"] = self.state.taken_mark.hex()
        kept["faults"] = sorted(self.state.faults)
        write_whole(path, json.dumps(kept))

    @classmethod
    def load(cls, path: Path, layout: Layout) -> VirtualMeter:
        """Read a meter's memory from its file."""
        kept = json.loads(path.read_text("utf-8"))
        known = {one.name: kept[one.name] for one in fields(MeterState) if one.name in kept}
        known["kind"] = MeterKind(kept["kind"])
        known["school"] = CounterSchool(kept["school"])
        known["taken_mark"] = bytes.fromhex(kept["taken_mark"])
        known["faults"] = frozenset(kept["faults"])
        if kept["price"] is not None:
            steps = (PriceStep(**step) for step in kept["price"]["steps"])
            known["price"] = PriceBlock(kept["price"]["scheme"], tuple(steps))
        return cls(MeterState(**known), layout)
