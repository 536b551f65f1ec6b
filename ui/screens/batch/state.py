"""What the batch screen shows: the lists taken in, or one of them and how far its cards are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cardstation.domain.batch import LineOutcome, LineState, Verdict
from cardstation.domain.envelopes import envelope_key
from cardstation.domain.trays import Tray, tray_for
from cardstation.services.batch_list import ListedBatch
from cardstation.services.batch_state import BatchState
from ui.screens.batch.lane_state import LaneState
from ui.screens.batch.lists_state import GONE, needs_person
from ui.screens.counter.state import Phase

RECENT = 8
"""How many cards the time left is reckoned from."""
_NO_TRAYS: Mapping[int, Tray] = {}


@dataclass(frozen=True, slots=True)
class Counts:
    """Lines by what became of them.

    Attributes:
        todo: Every line a card can be loaded for.
        needs: Wait for a person: rows to decide, cards in tray B (those on no line as one),
            unknown outcomes.
        unknown: Of those, the ones whose card must say what is on it.
        aside: Nothing is to be decided: tray C, or their money was given free.
        stopped: Whose card may be laid in once more.
    """

    todo: int = 0
    done: int = 0
    left: int = 0
    needs: int = 0
    unfunded: int = 0
    unknown: int = 0
    aside: int = 0
    stopped: int = 0

    @property
    def wants_money(self) -> bool:
        """No paid row waits for its load, and the list is not done: money comes next."""
        return not self.left and (self.unfunded > 0 or not self.done)

    @property
    def runs(self) -> int:
        """Lines whose card the loop takes."""
        return self.left + self.unknown + self.stopped


@dataclass(frozen=True, slots=True)
class State:
    """Batches.

    Attributes:
        batches: Known lists, the latest first; None = not looked up yet.
        standing: The one that is open, None = the lists are shown.
        trays: Place → the tray its stopped card was laid into.
        counts: How many of its lines stand where.
        running: Cards are taken one after another.
        busy: A list is being read, money being recorded, or the run begun.
        lanes: One for each reader that is plugged in.
        shown: Line of the card put in last, while it lies there; the table marks it.
        asked: Readers whose cards wait for the scan of their envelopes, the first asker first.
        scanned: The envelope whose card comes next, scanned while none was being read; or empty.
        seconds: Place → seconds its card took, in this run.
        cycles: Seconds from card to card, latest last, for the time left.
        chosen: Id of the list that is marked; empty = the first.
    """

    batches: tuple[ListedBatch, ...] | None = None
    standing: BatchState | None = None
    trays: Mapping[int, Tray] = field(default_factory=dict)
    counts: Counts = Counts()
    running: bool = False
    busy: bool = False
    lanes: tuple[LaneState, ...] = ()
    shown: int = 0
    asked: tuple[str, ...] = ()
    scanned: str = ""
    seconds: Mapping[int, float] = field(default_factory=dict)
    cycles: tuple[float, ...] = ()
    chosen: str = ""

    @property
    def closed(self) -> State:
        """The same with no batch open."""
        return State(self.batches, lanes=self.lanes, chosen=self.chosen)

    @property
    def listed(self) -> ListedBatch | None:
        """The list that is chosen."""
        known = self.batches or ()
        named = (one for one in known if one.found.batch.batch_id == self.chosen)
        return next(named, known[0] if known else None)

    @property
    def front(self) -> LaneState:
        """The lane that needs eyes first: the only one, or the one that waits for a person."""
        return min(self.lanes, key=lambda one: _EYES.index(one.phase), default=LaneState())

    @property
    def asking(self) -> LaneState | None:
        """The lane that the keys of the trays are for."""
        return next((lane for lane in self.lanes if lane.asks), None)

    @property
    def held(self) -> LaneState | None:
        """The lane whose card waits for a supervisor's word: about its amount, or its meter."""
        return next((lane for lane in self.lanes if lane.too_much or lane.needs_reading), None)

    @property
    def scanning(self) -> LaneState | None:
        """The lane whose envelope is to be scanned now: one at a time, whoever asked first."""
        first = self.asked[0] if self.asked else None
        return next((lane for lane in self.lanes if lane.reader == first), None)

    @property
    def unasked(self) -> tuple[LaneState, ...]:
        """Lanes whose card lies there, cannot ask yet, and whose envelope is not known."""
        early = (Phase.READING, Phase.WORKING) if self.must_scan else (Phase.READING,)
        return tuple(one for one in self.lanes if one.phase in early and not one.envelope)

    def scanned_for(self, envelope: str) -> LaneState | None:
        """The lane a scan is for, None = for the card that comes next, or nobody can tell.

        The one that asked, whatever number was scanned: a card in another's envelope is found so.
        Where none asks yet, the only one that may be about to: of two nobody can tell which.
        Where nothing has to be scanned nobody asks: a card that lies there and is the envelope's
        own; else, where no reader is free, the last one whose envelope is not known yet.
        """
        if self.scanning is not None:
            return self.scanning
        lying = [one for one in self.lanes if one.place and not one.envelope and not self.must_scan]
        for lane in lying:
            one = self.line(lane.place)
            if one is not None and envelope_key(one.line.envelope) == envelope_key(envelope):
                return lane
        if self.unasked:
            return self.unasked[0] if len(self.unasked) == 1 else None
        free = any(lane.phase in (Phase.EMPTY, Phase.PULLED) for lane in self.lanes)
        return None if free or not lying else lying[-1]

    def must_find(self, lane: LaneState) -> bool:
        """The envelope of this card is still to be scanned: its number is not to be read off."""
        waits = lane.phase in (Phase.READY, Phase.WORKING, Phase.QUESTION)
        return self.must_scan and waits and not lane.envelope

    @property
    def offered(self) -> frozenset[Tray]:
        """Where the card that asks may be laid: with the loaded ones only when its row is done."""
        if self.asking is None or self.standing is None:
            return frozenset()
        one = self.line(self.asking.place)
        card_no = "" if one is None else one.line.card_no
        outcomes = (each for each in self.standing.outcomes if each.state is LineState.DONE)
        done = one is not None and any(each.line.card_no == card_no for each in outcomes)
        return frozenset(Tray) if done else frozenset(Tray) - {Tray.A}

    @property
    def unlocked(self) -> int:
        """Rows still to be loaded without an envelope number: no scan is asked of their cards."""
        outcomes = () if self.standing is None or not self.must_scan else self.standing.outcomes
        return sum(one.may_run and not one.line.envelope for one in outcomes)

    @property
    def orders(self) -> int:
        """Rows whose gas was paid online and waits for its card."""
        outcomes = () if self.standing is None else self.standing.outcomes
        return sum(one.waits_for_order for one in outcomes)

    @property
    def must_scan(self) -> bool:
        """No card whose row has an envelope number is loaded before that was scanned."""
        return self.standing is not None and self.standing.batch.scan_envelopes

    @property
    def phase(self) -> Phase:
        """Of the front lane."""
        return self.front.phase

    @property
    def place(self) -> int:
        """Line of the front lane's card, counted from 1; 0 = none."""
        return self.front.place

    @property
    def writing(self) -> frozenset[int]:
        """Lines whose cards are at work."""
        return frozenset(lane.place for lane in self.lanes if lane.phase is Phase.WORKING)

    @property
    def at_hand(self) -> frozenset[int]:
        """Lines whose row says something of the card in a reader: at work, asking, or halted."""
        return self.writing | frozenset(self.to_scan) | frozenset(self.halted)

    @property
    def to_scan(self) -> Mapping[int, LaneState]:
        """Line → the reader in which its card waits for the scan of its envelope."""
        return {lane.place: lane for lane in self.lanes if lane.waits_for_scan}

    @property
    def halted(self) -> Mapping[int, LaneState]:
        """Line → the reader in which its card lies stopped, or out of which it was pulled."""
        stopped = (lane for lane in self.lanes if lane.problem and not lane.waits_for_scan)
        return {lane.place: lane for lane in stopped if lane.place}

    @property
    def may_lay_aside(self) -> bool:
        """True while a torn card keeps others from being loaded."""
        return any(lane.may_lay_aside for lane in self.lanes)

    @property
    def envelopes(self) -> bool:
        """The cards came in envelopes."""
        lines = () if self.standing is None else self.standing.batch.lines
        return any(line.envelope for line in lines)

    def line(self, place: int) -> LineOutcome | None:
        """A line by its place."""
        return None if not place or self.standing is None else self.standing.outcomes[place - 1]

    @property
    def seconds_left(self) -> float | None:
        """Reckoned from the last cards, None before the second one and where none is left."""
        if not self.cycles or not self.counts.left:
            return None
        recent = self.cycles[-RECENT:]
        return sum(recent) / len(recent) * self.counts.left


_EYES = (
    Phase.PULLED,
    Phase.STOPPED,
    Phase.QUESTION,
    Phase.WORKING,
    Phase.READING,
    Phase.DONE,
    Phase.READY,
    Phase.EMPTY,
)


def counted(outcomes: tuple[LineOutcome, ...], trays: Mapping[int, Tray] = _NO_TRAYS) -> Counts:
    """Count lines by what became of them.

    Args:
        outcomes: Every line of a batch, in list order.
        trays: Place → where its stopped card was laid; else its reason says where it belongs. 0 →
            B while cards on no line wait for somebody.
    """
    asks = sum(needs_you(one, trays.get(at)) for at, one in enumerate(outcomes, start=1))
    outcomes = tuple(one for one in outcomes if one.state is not LineState.WITHDRAWN)
    done = sum(one.state is LineState.DONE for one in outcomes)
    ready = sum(one.line.verdict is Verdict.READY for one in outcomes)
    waiting = sum(one.state is LineState.WAITING for one in outcomes)
    unfunded = sum(one.state is LineState.UNFUNDED for one in outcomes)
    unknown = sum(one.state is LineState.UNKNOWN for one in outcomes)
    return Counts(
        todo=ready,
        done=done,
        left=waiting,
        needs=asks + (trays.get(0) is Tray.B),
        unfunded=unfunded,
        unknown=unknown,
        aside=len(outcomes) - done - waiting - unfunded - asks,
        stopped=sum(one.may_run for one in outcomes) - waiting - unknown,
    )


def quotes_first(found: BatchState) -> bool:
    """The next act is a quote: none holds, no money came before it, and the cards are here."""
    if found.stage in GONE:
        return False
    holds = found.quote is not None and found.quote.holds
    return bool(counted(found.outcomes).unfunded) and not holds and not found.money.received


def needs_you(one: LineOutcome, tray: Tray | None = None) -> bool:
    """Whether a person has to act on a line; a card in tray C just goes back without a load."""
    if one.is_twin:
        return False
    if one.state is LineState.UNKNOWN or one.state is not LineState.STOPPED:
        return one.state is LineState.UNKNOWN
    if needs_person(one.line):
        return True
    freed = one.reason.startswith("released_")
    return not freed and (tray or tray_for(one.reason)) is Tray.B


def with_line(
    outcomes: tuple[LineOutcome, ...], place: int, one: LineOutcome
) -> tuple[LineOutcome, ...]:
    """The lines with one looked up again: whose card it shares is no matter of that line alone."""
    told = replace(one, see_row=outcomes[place - 1].see_row)
    return (*outcomes[: place - 1], told, *outcomes[place:])


def merged(known: BatchState, found: BatchState) -> BatchState:
    """`found`, keeping the lines of `known` that are the same: only others are drawn again."""
    if known.batch != found.batch:
        return found
    outcomes = tuple(
        old if old == new else new for old, new in zip(known.outcomes, found.outcomes, strict=True)
    )
    return replace(found, batch=known.batch, outcomes=outcomes)
