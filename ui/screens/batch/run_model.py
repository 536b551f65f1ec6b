"""The run of an open batch: its lanes, one for each reader, and what they share.

Lists, money and papers are the screen's (`model`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from cardstation.domain.batch import LineOutcome, LineState
from cardstation.domain.envelopes import envelope_key
from cardstation.domain.shift import Approval
from cardstation.domain.trays import Tray
from cardstation.errors import CardStationError
from cardstation.services.batch_state import BatchState
from ui.approver import Approver
from ui.card_place import CardPlace
from ui.screens.batch.lane import BatchLane
from ui.screens.batch.state import State, counted, merged, with_line
from ui.screens.counter.state import Phase
from ui.screens.kind import Tools

T = TypeVar("T")
Looked = tuple[BatchState, Mapping[int, Tray]]
"""A batch, and the trays its stopped cards lie in."""


class RunModel(QObject):
    """Owns the state of the batch screen; its lanes take cards while a batch is open.

    Attributes:
        changed: Emitted after every change of `state`.
    """

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools, self._services = tools, tools.services
        self._state = State()
        self._lanes: dict[str, BatchLane] = {}
        self._last_card: float | None = None
        self._tries_again = False
        tools.place.changed.connect(self._lanes_changed)

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    @property
    def at_work(self) -> bool:
        """A card is being read or written."""
        return any(lane.phase in (Phase.READING, Phase.WORKING) for lane in self._state.lanes)

    def lane(self, place: CardPlace) -> BatchLane:
        """Who takes the cards of a reader; see `CardTaker`."""
        if place.reader not in self._lanes:
            made = BatchLane(self._tools, place, self)
            made.changed.connect(self._lanes_changed)
            self._lanes[place.reader] = made
        return self._lanes[place.reader]

    def look_round(self) -> None:
        """Now and then: a shift that ended paused the run."""
        standing = self._state.standing
        if standing is None or not self._state.running or self._state.busy:
            return
        batch_id, lanes = standing.batch.batch_id, self._services.lanes

        def told(runs: bool) -> None:
            if not runs and self._state.running:
                self._halt()
                self._tools.board.say("Paused: whoever is on duty goes on with F5.", "warn")

        self._ask(lambda: lanes.runs(batch_id), told)

    # ── the operator ──

    def start_or_pause(self) -> None:
        """The one key of the loop."""
        if self._state.running:
            self.pause()
        else:
            self.start()

    def start(self) -> None:
        """Take cards one after another, in every reader."""
        standing, state = self._state.standing, self._state
        if standing is None or not state.counts.runs or state.busy or state.running:
            return
        self._tools.board.clear()
        self._set(busy=True)
        batch_id, lanes = standing.batch.batch_id, self._services.lanes
        self._ask(lambda: lanes.start(batch_id), lambda _none: self._begin())

    def pause(self) -> None:
        """Finish the cards in hand, take no other; where nothing waits any more, it was the end."""
        standing, lanes = self._state.standing, self._services.lanes
        self._halt()
        if standing is None:
            return
        batch_id = standing.batch.batch_id
        waits = any(one.is_open for one in standing.outcomes)
        end = lanes.pause if waits else lanes.finish
        self._ask(lambda: end(batch_id), lambda _none: self._look_at_open())

    def lay_aside(self) -> None:
        """The torn card of the first lane that holds one waits under Exceptions."""
        lane = next((one for one in self._lanes.values() if one.state.may_lay_aside), None)
        if lane is not None:
            lane.lay_aside()

    def choose_tray(self, tray: Tray) -> None:
        """The stopped card of the lane that asks goes into this tray."""
        asking = self._state.asking
        if asking is not None:
            self._lanes[asking.reader].choose_tray(tray)

    @property
    def approver(self) -> Approver:
        """Proves the second person."""
        return self._tools.approver

    def release(self, approval: Approval, reading: str = "") -> None:
        """A supervisor says that the held card is to be loaded, by its meter's reading or not."""
        held, standing, services = self._state.held, self._state.standing, self._services
        if held is None or standing is None:
            return
        batch_id, lane = standing.batch.batch_id, self._lanes[held.reader]

        def released() -> Looked:
            if held.needs_reading:
                services.lanes.allow_load(batch_id, held.place, reading, approval)
            else:
                services.lanes.release_amount(batch_id, held.place, approval)
            return self._looked_up(batch_id)

        def seen(found: Looked) -> None:
            self._seen(found)
            lane.card_opened()

        self._ask(released, seen)

    def scan(self, envelope: str) -> None:
        """An envelope was scanned: of the card that asked, or is being read, or comes next."""
        envelope, state = envelope.strip(), self._state
        if not envelope_key(envelope) or not state.running:
            return
        lane = state.scanned_for(envelope)
        self._set(scanned="" if lane or state.unasked else envelope)
        if lane is not None:
            self._lanes[lane.reader].scanned(envelope)
        elif state.unasked:
            self._tools.sounds.play("stop")
            said = "Envelope {envelope} counts for no card: once the cards are read, scan it."
            self._tools.board.say(said, "warn", envelope=envelope)

    # ── what the lanes ask and tell; see `Run` ──

    @property
    def standing(self) -> BatchState | None:
        """The batch that is open."""
        return self._state.standing

    @property
    def running(self) -> bool:
        """Cards are loaded, not only read."""
        return self._state.running

    def take_scan(self) -> str:
        """The envelope that was scanned before any card lay there; it counts for one card."""
        scanned = self._state.scanned
        self._set(scanned="")
        return scanned

    def card_loaded(self, outcome: LineOutcome, place: int, seconds: float) -> None:
        """A line is done."""
        now, cycles = self._tools.tick(), self._state.cycles
        if self._last_card is not None:
            cycles = (*cycles, now - self._last_card)
        self._last_card = now
        self._set(seconds={**self._state.seconds, place: seconds}, cycles=cycles)
        self._replace(place, outcome)
        if outcome.state is LineState.DONE and outcome.receipt_no:
            printed = partial(self._services.print_receipt, outcome.receipt_no)
            self._tools.paper.ask(printed, _nothing, self._tools.board.tell)

    def card_stopped(self, place: int) -> None:
        """A card was stopped or left: only its line is looked up again."""
        standing, lanes = self._state.standing, self._services.lanes
        if standing is not None and place:
            batch_id = standing.batch.batch_id
            self._tools.desk.ask(
                lambda: (lanes.outcome(batch_id, place), lanes.trays(batch_id)),
                lambda found: self._replace(place, *found),
                self._refused,
            )

    def card_left(self) -> None:
        """A reader is empty again; with the last card the run is over.

        A run over nothing but stopped cards goes on for the next of them.
        """
        state, standing = self._state, self._state.standing
        if standing is None or not state.running or state.counts.left or self._open_still():
            return
        if self._tries_again and state.counts.stopped:
            return
        batch_id, lanes = standing.batch.batch_id, self._services.lanes
        self._halt()
        self._ask(lambda: lanes.finish(batch_id), lambda _over: self._look_at_open())

    def _open_still(self) -> bool:
        standing = self._state.standing
        outcomes = () if standing is None else standing.outcomes
        waits = any(one.is_open for one in outcomes)
        return waits or self._tools.place.present or self._state.may_lay_aside

    # ── what comes back ──

    def _begin(self) -> None:
        self._last_card = None
        self._tries_again = not self._state.counts.left
        self._set(running=True, busy=False)
        if self._state.envelopes and not self._state.must_scan:
            self._look_at_open()
        for lane in self._lanes.values():
            lane.begin()

    def _halt(self) -> None:
        """No card is taken now, and none asks for its envelope."""
        self._set(running=False, scanned="")
        for lane in self._lanes.values():
            lane.halt()

    def _lanes_changed(self) -> None:
        """Show the lanes; the table marks the card put in last, until it is gone."""
        lanes = tuple(self.lane(place).state for place in self._tools.place.every)
        known = {0, *(lane.place for lane in self._state.lanes)}
        lying = [lane.place for lane in lanes if lane.place]
        fresh = [place for place in lying if place not in known]
        stays = self._state.shown if self._state.shown in lying else 0
        waiting = [lane.reader for lane in lanes if lane.waits_for_scan]
        asked = tuple(one for one in self._state.asked if one in waiting)
        asked += tuple(one for one in waiting if one not in asked)
        turned = asked[:1] != self._state.asked[:1]
        self._set(lanes=lanes, asked=asked, shown=fresh[-1] if fresh else stays)
        if asked and turned:
            self._lanes[asked[0]].ask_aloud()

    def _replace(
        self, place: int, outcome: LineOutcome, trays: Mapping[int, Tray] | None = None
    ) -> None:
        standing = self._state.standing
        if standing is not None and place:
            changed = with_line(standing.outcomes, place, outcome)
            known = self._state.trays if trays is None else trays
            self._stand(replace(standing, outcomes=changed), known)

    def _looked_up(self, batch_id: str) -> Looked:
        return self._services.batch_state(batch_id), self._services.lanes.trays(batch_id)

    def _look_at_open(self) -> None:
        known = self._state.standing
        if known is None:
            return

        def again() -> Looked:
            found, trays = self._looked_up(known.batch.batch_id)
            return merged(known, found), trays

        self._ask(again, self._seen)

    def _seen(self, looked: Looked) -> None:
        standing = self._state.standing
        if standing is not None and standing.batch.batch_id == looked[0].batch.batch_id:
            self._stand(*looked)

    def _stand(self, found: BatchState, trays: Mapping[int, Tray]) -> None:
        self._set(standing=found, trays=trays, counts=counted(found.outcomes, trays))

    def _ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self._tools.desk.ask(work, then, self._refused)

    def _refused(self, error: CardStationError) -> None:
        self._tools.board.tell(error)
        self._set(busy=False)

    def _set(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # type: ignore[arg-type]  # names of State
        if state != self._state:
            self._state = state
            self.changed.emit()


def _nothing(_result: object) -> None:
    """Printed; nothing to say."""
