"""The batch's verbs: take in a list, take the lump sum, run the cards, print the sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from cardstation.domain.batch import Batch, LineOutcome, LineState
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.topup import Step
from cardstation.errors import CardStationError, LinkFailed, OutcomeUnknown
from cardstation.services.batch_state import BatchMoney, BatchState
from cardstation.services.identify import Inserted
from cardstation.services.load_line import place_of
from ui.messages import Problem
from ui.screens.batch.state import State, counted, merged
from ui.screens.counter.model import answered, left_half_way
from ui.screens.counter.state import Phase
from ui.screens.kind import Tools

T = TypeVar("T")


class BatchModel(QObject):
    """Owns the batch screen's state; takes cards while a batch is open.

    Attributes:
        changed: Emitted after every change of `state`.
    """

    changed = Signal()

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._tools, self._services = tools, tools.services
        self._unfinished = tools.unfinished
        self._state = State()
        self._since = 0.0
        self._last_card: float | None = None
        tools.unfinished.changed.connect(self._held)

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    # ── the operator ──

    def look(self) -> None:
        """Look the lists and the open batch up again."""
        self._ask(self._services.batches, lambda found: self._set(batches=found))
        self._look_at_open()

    def import_list(self) -> None:
        """Ask for a file and take it in."""
        path = self._tools.ask_file("")
        if path is not None:
            self.take_in(path)

    def take_in(self, path: Path) -> None:
        """Take in a list; it is opened when that worked."""
        if self._state.busy:
            return
        self._set(busy=True)

        def taken(batch: Batch) -> None:
            self._set(busy=False)
            self.open(batch.batch_id)

        self._ask(lambda: self._services.import_list(path), taken)

    def open(self, batch_id: str) -> None:
        """Show a batch."""
        self._ask(lambda: self._services.batch_state(batch_id), self._opened)

    def leave(self) -> None:
        """Esc: pause first, then back to the lists; money and cards are not touched."""
        if self._state.running:
            self.pause()
        elif self._state.standing is not None and not self._tools.place.present:
            self._state = State(batches=self._state.batches, torn=self._unfinished.torn)
            self.changed.emit()
            self.look()

    def pay(self, tender: str, money: Money, reference: str = "") -> None:
        """Record the lump sum."""
        standing = self._state.standing
        if standing is None or self._state.busy:
            return
        self._set(busy=True)
        batch_id = standing.batch.batch_id

        def paid(_money: BatchMoney) -> None:
            self._set(busy=False)
            self._tools.board.say("{money} recorded for this batch.", "ok", money=money)
            self._look_at_open()

        self._ask(
            lambda: self._services.pay_batch(batch_id, Tender(tender), money, reference), paid
        )

    def start_or_pause(self) -> None:
        """The one key of the loop."""
        if self._state.running:
            self.pause()
        else:
            self.start()

    def start(self) -> None:
        """Take cards one after another."""
        if self._state.standing is None or not self._state.counts.left:
            return
        self._last_card = None
        self._tools.board.clear()
        self._set(running=True, problem=None)
        if self._tools.place.card is not None and self._state.phase is Phase.READY:
            self._load()

    def pause(self) -> None:
        """Finish the card in hand, take no other."""
        self._set(running=False)

    def lay_aside(self) -> None:
        """The torn card waits under Exceptions; the loop goes on with whatever lies there."""
        torn = self._state.torn
        if torn is None or not self._state.may_lay_aside:
            return
        self._unfinished.free()
        said = "The card ending in {tail} is laid aside: it stands under Exceptions."
        self._tools.board.say(said, "warn", tail=torn.tail)
        if self._tools.place.card is not None:
            self.card_opened()

    def print_sheet(self) -> None:
        """Make, file and print the sheet for the way back."""
        standing = self._state.standing
        if standing is None:
            return

        def printed(path: Path) -> None:
            self._tools.board.say("Hand-over sheet filed as {file}.", "ok", file=path.name)

        batch_id = standing.batch.batch_id
        self._tools.paper.ask(
            lambda: self._services.handover(batch_id), printed, self._tools.board.tell
        )

    # ── the card ──

    def card_arrived(self) -> None:
        """See `CardTaker`."""
        self._since = self._tools.tick()
        self._set(phase=Phase.READING, step=Step.READ, place=0, done=None, problem=None)

    def card_opened(self) -> None:
        """See `CardTaker`."""
        card, standing = self._tools.place.card, self._state.standing
        if card is None or standing is None:
            return
        self._unfinished.lies(card)
        place = place_of(standing.batch, card)
        self._set(place=place, shown=place or self._state.shown, phase=Phase.READY, problem=None)
        if self._state.running:
            self._load()

    def card_failed(self, error: CardStationError) -> None:
        """See `CardTaker`."""
        self._tools.sounds.play("stop")
        problem = Problem.of(error)
        phase, working = Phase.STOPPED, self._state.phase is Phase.WORKING
        if left_half_way(error):
            problem = problem.bare()
            phase = Phase.PULLED if working else Phase.STOPPED
            self._set(place=0)
        self._set(phase=phase, problem=problem)
        if working and isinstance(error, LinkFailed | OutcomeUnknown):
            self._unfinished.pulled(self._state.step)
        elif answered(error):
            self._unfinished.free()
        self._look_at_open()

    def card_gone(self) -> None:
        """See `CardTaker`."""
        state = self._state
        if state.phase is Phase.WORKING:
            self._tools.sounds.play("stop")
            self._set(phase=Phase.PULLED, problem=Problem("card_removed"), place=0)
            self._unfinished.pulled(state.step)
            self._look_at_open()
        else:
            self._rest()
        if state.running and state.phase is Phase.DONE and not state.counts.left:
            self._set(running=False)

    # ── what comes back ──

    def _load(self) -> None:
        standing = self._state.standing
        if standing is None:
            return
        batch_id = standing.batch.batch_id
        self._set(phase=Phase.WORKING, step=Step.READ)

        def load(card: Inserted) -> LineOutcome:
            self._unfinished.ensure_first(card)
            return self._services.load_line(batch_id, card, self._watch)

        self._tools.place.work(load, self._loaded)

    def _watch(self, step: Step) -> None:
        """Called on the card's lane."""
        self._tools.place.during(lambda: self._stepped(step))()

    def _stepped(self, step: Step) -> None:
        if self._state.phase is Phase.WORKING:
            self._set(step=step)

    def _loaded(self, outcome: LineOutcome) -> None:
        self._unfinished.free()
        self._tools.sounds.play("ok")
        now = self._tools.tick()
        seconds = {**self._state.seconds, self._state.place: now - self._since}
        cycles = self._state.cycles
        if self._last_card is not None:
            cycles = (*cycles, now - self._last_card)
        self._last_card = now
        self._set(phase=Phase.DONE, done=outcome, seconds=seconds, cycles=cycles)
        self._replace(outcome)
        self._look_at_open()
        if outcome.state is LineState.DONE and outcome.receipt_no:
            number = outcome.receipt_no
            self._tools.paper.ask(
                lambda: self._services.print_receipt(number), _nothing, self._tools.board.tell
            )

    def _rest(self) -> None:
        """No card lies there: the loop waits for the torn one, or for the next."""
        torn = self._unfinished.torn
        if torn is None:
            self._set(phase=Phase.EMPTY, place=0, done=None, problem=None, torn=None)
        else:
            problem = Problem("card_removed")
            self._set(
                phase=Phase.PULLED, step=torn.step, place=0, done=None, problem=problem, torn=torn
            )

    def _held(self) -> None:
        if self._state.phase in (Phase.EMPTY, Phase.PULLED) and not self._tools.place.present:
            self._rest()
        else:
            self._set(torn=self._unfinished.torn)

    def _replace(self, outcome: LineOutcome) -> None:
        standing, place = self._state.standing, self._state.place
        if standing is not None and place:
            outcomes = standing.outcomes
            changed = (*outcomes[: place - 1], outcome, *outcomes[place:])
            self._stand(replace(standing, outcomes=changed))

    def _look_at_open(self) -> None:
        standing = self._state.standing
        if standing is not None:
            known, services = standing, self._services
            batch_id = known.batch.batch_id
            self._ask(lambda: merged(known, services.batch_state(batch_id)), self._seen)

    def _seen(self, found: BatchState) -> None:
        standing = self._state.standing
        if standing is not None and standing.batch.batch_id == found.batch.batch_id:
            self._stand(found)

    def _stand(self, found: BatchState) -> None:
        self._set(standing=found, counts=counted(found.outcomes))

    def _opened(self, found: BatchState) -> None:
        counts = counted(found.outcomes)
        torn = self._unfinished.torn
        self._state = State(batches=self._state.batches, standing=found, counts=counts, torn=torn)
        self.changed.emit()

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
