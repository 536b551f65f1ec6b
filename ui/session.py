"""A session at the desk: the lanes, the models of every screen, and who takes the next card."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardstation.domain.shift import Approval
from cardstation.services.intent.opened import OpenIntent
from cardstation.services.sync_state import SyncState
from ui.approver import Approver
from ui.card_places import CardPlaces
from ui.card_watch import CardWatch
from ui.choices import Choices
from ui.courier import Courier, InlineCourier, QueuedCourier
from ui.desk_services import DeskServices
from ui.lane import InlineLane, Lane, ThreadLane
from ui.messages import MessageBoard
from ui.screens import SCREENS, shift
from ui.screens.kind import OpenScreen, Tools
from ui.sounds import Silence, Sounds, SystemSounds
from ui.station_status import StationStatus
from ui.unfinished import Unfinished

AskFile = Callable[[str], Path | None]


@dataclass(frozen=True, slots=True)
class Lanes:
    """One lane per device: the store, the printer, the slow look-ups; `card` opens a reader's."""

    card: Callable[[str], Lane]
    desk: Lane
    paper: Lane
    status: Lane

    @classmethod
    def threads(cls, courier: Courier) -> Lanes:
        """Lanes with threads."""
        rest = (ThreadLane(name, courier) for name in ("desk", "paper", "status"))
        return cls(lambda reader: ThreadLane(f"card {reader}", courier), *rest)

    @classmethod
    def inline(cls) -> Lanes:
        """Lanes without threads, for tests and pictures."""
        return cls(lambda _reader: InlineLane(), InlineLane(), InlineLane(), InlineLane())

    def close(self) -> None:
        """End all but those of readers, which their places end."""
        for lane in (self.desk, self.paper, self.status):
            lane.close()


class Session:
    """Everything behind the window; knows no widget.

    Closing order: watch, lanes, courier; the window last.
    """

    def __init__(
        self,
        services: DeskServices,
        courier: Courier,
        lanes: Lanes,
        *,
        ask_file: AskFile = lambda _folder: None,
        sounds: Sounds | None = None,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._courier, self._lanes = courier, lanes
        board = MessageBoard()
        place = CardPlaces(services, lanes.card, courier)
        self.tools = Tools(
            services=services,
            place=place,
            desk=lanes.desk,
            paper=lanes.paper,
            board=board,
            sounds=sounds or Silence(),
            choices=Choices(services, lanes.desk, board),
            ask_file=ask_file,
            tick=tick,
            unfinished=Unfinished(services),
            approver=Approver(services, lanes.desk),
        )
        self.status = StationStatus(services, place, lanes.status)
        self.screens: dict[str, OpenScreen] = {
            screen.code: screen.open(self.tools) for screen in SCREENS
        }
        self._here = SCREENS[0].code
        self._watch = CardWatch(services, place, courier)
        for live in self.screens.values():
            live.changed.connect(self._give)
        self.screens[shift.SCREEN.code].changed.connect(self.status.refresh)
        self.tools.unfinished.changed.connect(self.look_round)
        self._tell_found(services.found)
        self._give()

    def watch(self) -> None:
        """Begin to watch the readers."""
        self._watch.start()

    def came_to(self, code: str) -> None:
        """The operator looks at another screen."""
        if code != self._here:
            self.screens[self._here].left()
        self._here = code
        self.screens[code].shown()
        self._give()

    def look_round(self) -> None:
        """Now and then: send to the ledger, and see what waits for a person."""
        self.status.send()
        for live in self.screens.values():
            live.look_round()

    def bring_back(self, second: Approval, first: Approval | None) -> None:
        """Compare a restored station with the ledger, take over what is missing, and sell again."""
        tools = self.tools

        def done(_state: SyncState) -> None:
            tools.board.say("Compared with the ledger; selling goes on.", "ok")
            self.status.refresh()
            self.look_round()

        tools.desk.ask(lambda: tools.services.rejoin(second, first), done, tools.board.tell)

    def screen_of_cards(self) -> str:
        """Whose the next card is: a running batch's, the shown screen's, or the counter's."""
        for code, live in self.screens.items():
            if live.holds_cards:
                return code
        here = self.screens[self._here]
        takes = here.taker is not None or here.taker_of is not None
        return self._here if takes else SCREENS[0].code

    def close(self) -> None:
        """End the watch, the lanes and the courier."""
        self._watch.close()
        self.tools.place.close()
        self._lanes.close()
        if isinstance(self._courier, QueuedCourier | InlineCourier):
            self._courier.close()

    def _tell_found(self, found: tuple[OpenIntent, ...]) -> None:
        """What recovery left for people and cards, in one sentence with one key."""
        asked = sum(one.code == "payment_question" for one in found)
        if asked:
            said = (
                "Before the last end money was asked for {n} times: say whether it came (Ctrl+3)."
            )
            self.tools.board.say(said, "warn", n=asked)
        elif found:
            said = "{n} begun and not finished: each waits for its card, nothing is lost (Ctrl+3)."
            self.tools.board.say(said, "warn", n=len(found))

    def _give(self) -> None:
        live, place = self.screens[self.screen_of_cards()], self.tools.place
        if live.taker_of is not None:
            place.spread(live.taker_of)
        elif live.taker is not None:
            place.give_to(live.taker)


def open_session(services: DeskServices, ask_file: AskFile) -> Session:
    """A session with threads, as the program runs it."""
    courier = QueuedCourier()
    sounds = SystemSounds(on=services.settings.sound)
    session = Session(services, courier, Lanes.threads(courier), ask_file=ask_file, sounds=sounds)
    choices = session.tools.choices

    def follow() -> None:
        sounds.on = choices.state.sound

    choices.changed.connect(follow)
    return session
