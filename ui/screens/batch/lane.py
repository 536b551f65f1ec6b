"""One reader's verbs in a batch: a card comes, is loaded, goes into a tray; then it is forgotten.

::

    arrived ── wait ──► opened ──► load_line ──► done: take it, tray A
       └── envelope scanned before                 ├── asks for its envelope: scanned
                                                   └── stopped: said aloud, tray B or C
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from cardstation.domain.batch import LineOutcome
from cardstation.domain.topup import Step
from cardstation.domain.trays import OF_THE_STATION, Tray, tray_for
from cardstation.errors import CardStationError, LinkFailed, OutcomeUnknown, Refusal
from cardstation.i18n import Translator, translator
from cardstation.sentences import of_error
from cardstation.services.batch_state import BatchState
from cardstation.services.identify import Inserted
from cardstation.services.load_line import ensure_own_envelope, place_of
from ui.card_place import CardPlace
from ui.messages import Problem
from ui.screens.batch.lane_state import LaneState
from ui.screens.counter.model import answered, left_half_way
from ui.screens.counter.state import Phase
from ui.screens.kind import Tools

NOT_SCANNED = "envelope_not_scanned"
_ENDED = (Phase.DONE, Phase.STOPPED)


class Run(Protocol):
    """What a lane asks of the batch, and tells it."""

    @property
    def standing(self) -> BatchState | None:
        """The batch that is open."""

    @property
    def running(self) -> bool:
        """Cards are loaded, not only read."""

    def take_scan(self) -> str:
        """The envelope that was scanned before any card lay there; it counts for one card."""

    def card_loaded(self, outcome: LineOutcome, place: int, seconds: float) -> None:
        """A line is done."""

    def card_stopped(self, place: int) -> None:
        """A card was stopped or left; 0 = it stands on no line."""

    def card_left(self) -> None:
        """A reader is empty again."""


class BatchLane(QObject):
    """Takes the cards of one reader; see `CardTaker`.

    Attributes:
        changed: Emitted after every change of `state`.
    """

    changed = Signal()

    def __init__(self, tools: Tools, place: CardPlace, run: Run) -> None:
        super().__init__()
        self._tools, self._place, self._run = tools, place, run
        self._unfinished = tools.unfinished
        self._state = LaneState(place.reader, place.number)
        self._since = 0.0
        tools.unfinished.changed.connect(self._held)
        place.changed.connect(self._trouble)

    @property
    def state(self) -> LaneState:
        """What is shown."""
        return self._state

    # ── the card ──

    def card_arrived(self) -> None:
        """See `CardTaker`."""
        self._since = self._tools.tick()
        self._set(phase=Phase.READING, **{**_BLANK, "envelope": self._run.take_scan()})
        if self._run.running:
            self._tools.sounds.play("wait")

    def card_opened(self) -> None:
        """See `CardTaker`."""
        card, standing = self._place.card, self._run.standing
        if card is None or standing is None:
            return
        self._unfinished.lies(card, self._place.reader)
        place = place_of(standing.batch, card)
        self._set(phase=Phase.READY, place=place, problem=None, tray=None)
        if self._run.running:
            self._load()

    def card_failed(self, error: CardStationError) -> None:
        """See `CardTaker`."""
        if error.code == NOT_SCANNED:
            self._ask_scan(error)
            return
        place, problem = self._state.place, Problem.of(error)
        phase, working = Phase.STOPPED, self._state.phase is Phase.WORKING
        if left_half_way(error):
            problem = problem.bare()
            phase = Phase.PULLED if working else Phase.STOPPED
            self._set(place=0, envelope="")
        tray = None if error.code in OF_THE_STATION else tray_for(error.code)
        self._set(phase=phase, problem=problem, tray=tray)
        self._say()
        if working and isinstance(error, LinkFailed | OutcomeUnknown):
            self._unfinished.pulled(self._state.step, self._place.reader)
        elif answered(error):
            self._unfinished.settled(self._place.reader)
        if self._place.card is None and tray and isinstance(error, Refusal) and self._run.running:
            self._keep_tray(0, "", tray, error.code)
        self._run.card_stopped(place)

    def card_gone(self) -> None:
        """See `CardTaker`."""
        state = self._state
        if state.phase is Phase.WORKING:
            self._set(phase=Phase.PULLED, **{**_BLANK, "step": state.step})
            self._set(problem=Problem("card_removed"), tray=Tray.B)
            self._say()
            self._unfinished.pulled(state.step, self._place.reader)
            self._run.card_stopped(state.place)
        else:
            self._rest()
        self._unfinished.left(self._place.reader)
        self._run.card_left()

    # ── the operator ──

    def begin(self) -> None:
        """The run starts: a card that lies there is loaded."""
        waits = self._state.phase is Phase.READY or self._state.waits_for_station
        if self._place.card is not None and waits:
            self._load()

    def halt(self) -> None:
        """The run stands still: a card that asks for its envelope asks anew when it goes on."""
        if self._state.waits_for_scan:
            self._set(phase=Phase.READY, problem=None)

    def lay_aside(self) -> None:
        """The torn card waits under Exceptions; the lane goes on with whatever lies there."""
        torn = self._state.torn
        if torn is None or not self._state.may_lay_aside:
            return
        self._unfinished.free(self._place.reader)
        said = "The card ending in {tail} is laid aside: it stands under Exceptions."
        self._tools.board.say(said, "warn", tail=torn.tail)
        if self._place.card is not None:
            self.card_opened()

    def choose_tray(self, tray: Tray) -> None:
        """The stopped card that lies here goes into this tray."""
        state, card = self._state, self._place.card
        if state.asks:
            card_no = "" if card is None else card.content.identity.card_no
            self._keep_tray(state.place, card_no, tray, state.code)

    def scanned(self, envelope: str) -> None:
        """An envelope was scanned while this card lies here."""
        state, standing = self._state, self._run.standing
        self._set(envelope=envelope)
        if standing is None or not state.place:
            return
        if state.waits_for_scan:
            self._load()
            return
        try:
            ensure_own_envelope(standing.batch, state.place, envelope)
        except Refusal as other:
            if state.phase in _ENDED:
                self._in_other_envelope(other)

    def ask_aloud(self) -> None:
        """It is this card's turn: its envelope is to be scanned now."""
        self._speak(of_error(Refusal(NOT_SCANNED), self._translator).brief)

    # ── what comes back ──

    def _load(self) -> None:
        standing, envelope = self._run.standing, self._state.envelope
        if standing is None:
            return
        batch_id, reader = standing.batch.batch_id, self._place.reader
        self._set(phase=Phase.WORKING, step=Step.READ)
        watch = self._place.during(self._stepped)

        def load(card: Inserted) -> LineOutcome:
            self._unfinished.ensure_first(card, reader)
            return self._tools.services.load_line(batch_id, card, watch, envelope)

        self._place.work(load, self._loaded)

    def _ask_scan(self, error: CardStationError) -> None:
        """The card waits for its envelope; the one scanned while it was being read is its own."""
        self._unfinished.settled(self._place.reader)
        if not self._run.running:
            self._set(phase=Phase.READY)
        elif self._state.envelope:
            self._load()
        else:
            self._set(phase=Phase.QUESTION, problem=Problem.of(error))

    def _stepped(self, step: Step) -> None:
        if self._state.phase is Phase.WORKING:
            self._set(step=step)

    def _loaded(self, outcome: LineOutcome) -> None:
        self._unfinished.settled(self._place.reader)
        seconds = self._tools.tick() - self._since
        self._set(phase=Phase.DONE, done=outcome, tray=Tray.A)
        self._tools.sounds.play("remove-card")
        self._run.card_loaded(outcome, self._state.place, seconds)
        if self._state.envelope:
            self.scanned(self._state.envelope)

    def _in_other_envelope(self, other: Refusal) -> None:
        """Loaded or not: it does not go back in this envelope."""
        standing, place, envelope = self._run.standing, self._state.place, self._state.envelope
        self._set(phase=Phase.STOPPED, problem=Problem.of(other), tray=tray_for(other.code))
        self._say()
        if standing is None:
            return
        batch_id, lanes = standing.batch.batch_id, self._tools.services.lanes
        self._quietly(lambda: lanes.check_envelope(batch_id, place, envelope))

    def _keep_tray(self, place: int, card_no: str, tray: Tray, code: str) -> None:
        standing, lanes = self._run.standing, self._tools.services.lanes
        if standing is None:
            return
        batch_id = standing.batch.batch_id

        def laid(_none: None) -> None:
            if self._state.asks and self._state.place == place:
                self._set(tray=tray)
            self._run.card_stopped(place)

        self._tools.desk.ask(
            lambda: lanes.route(batch_id, tray, place, card_no, code),
            laid,
            self._tools.board.tell,
        )

    def _quietly(self, work: Callable[[], None]) -> None:
        """Work that puts a stop on record: what it raises is on the screen already."""
        self._tools.desk.ask(work, _nothing, _nothing)

    def _say(self) -> None:
        """The stop aloud: a sound, and the sentence where this system can speak."""
        state = self._state
        self._tools.sounds.play("stop")
        if state.problem is not None:
            tray = state.tray if state.asks else None
            self._speak(of_error(state.problem.as_error(), self._translator).what, tray)

    def _speak(self, said: str, tray: Tray | None = None) -> None:
        """A sentence aloud: of which reader, where there are several, and into which tray."""
        t, language = self._translator, self._tools.choices.state.language
        told = {"n": self._state.number, "tray": "" if tray is None else tray.value, "said": said}
        if len(self._tools.place.every) == 1:
            said = said if tray is None else t("Tray {tray}: {said}", **told)
        elif tray is None:
            said = t("Reader {n}: {said}", **told)
        else:
            said = t("Reader {n}, tray {tray}: {said}", **told)
        self._tools.sounds.speak(said, language, self._state.reader)

    @property
    def _translator(self) -> Translator:
        return translator(self._tools.choices.state.language)

    def _rest(self) -> None:
        """No card lies there: the lane waits for the torn one, or for the next."""
        torn = self._unfinished.torn_at(self._place.reader)
        if torn is None:
            self._set(phase=Phase.EMPTY, torn=None, **_BLANK)
        else:
            pulled = {**_BLANK, "step": torn.step, "problem": Problem("card_removed")}
            self._set(phase=Phase.PULLED, torn=torn, **pulled)

    def _held(self) -> None:
        if self._state.phase in (Phase.EMPTY, Phase.PULLED) and not self._place.present:
            self._rest()
        else:
            self._set(torn=self._unfinished.torn_at(self._place.reader))

    def _trouble(self) -> None:
        trouble = self._place.trouble
        self._set(trouble=None if trouble is None else Problem.of(trouble))

    def _set(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # type: ignore[arg-type]  # names of LaneState
        if state != self._state:
            if self._state.waits_for_scan and not state.waits_for_scan:
                self._tools.sounds.hush(state.reader)
            self._state = state
            self.changed.emit()


_BLANK: dict[str, object] = {
    "step": Step.READ,
    "place": 0,
    "done": None,
    "problem": None,
    "envelope": "",
    "tray": None,
}
"""What belongs to one insertion."""


def _nothing(_result: object) -> None:
    """Nothing to say."""
