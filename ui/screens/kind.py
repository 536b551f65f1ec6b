"""What a screen is to the shell: a name on the rail, a model, and views made when needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from cardstation.i18n import Translator
from ui.approver import Approver
from ui.card_place import CardTaker
from ui.card_places import CardPlaces, TakerOf
from ui.choices import Choices
from ui.desk_services import DeskServices
from ui.lane import Lane
from ui.look import Look
from ui.messages import MessageBoard
from ui.parts.banner import BannerState
from ui.sounds import Sounds
from ui.unfinished import Unfinished


@dataclass(frozen=True, slots=True)
class Tools:
    """What screens are made with.

    Attributes:
        desk: Lane for the store: prices, lists, states. paper: Lane for printing.
        ask_file: Asks the operator for a list file; None = thought better of it.
        tick: Seconds that never run backwards.
        unfinished: The card that was pulled half-way and goes first.
        approver: The way to a second person.
    """

    services: DeskServices
    place: CardPlaces
    desk: Lane
    paper: Lane
    board: MessageBoard
    sounds: Sounds
    choices: Choices
    ask_file: Callable[[str], Path | None]
    tick: Callable[[], float]
    unfinished: Unfinished
    approver: Approver


class OpenScreen(Protocol):
    """A screen that lives: its model, and what the shell shows around it."""

    @property
    def changed(self) -> SignalInstance:
        """Emitted when subtitle, banner or badge may be others."""

    @property
    def taker(self) -> CardTaker | None:
        """Who takes a card while this screen is shown; None = not this screen."""

    @property
    def taker_of(self) -> TakerOf | None:
        """Who takes the cards of each reader, where this screen works with all at once."""

    @property
    def shows_cards(self) -> bool:
        """It draws the state of the cards itself, instead of the banner."""

    @property
    def wants_room(self) -> bool:
        """It needs the height: the banner is one line."""

    @property
    def holds_cards(self) -> bool:
        """True while cards are this screen's even when another one is shown (a running batch)."""

    @property
    def badge(self) -> int:
        """How many things wait here."""

    def subtitle(self, t: Translator) -> str:
        """The quieter line under the title."""

    def banner(self, t: Translator) -> BannerState | None:
        """What the banner says while cards are this screen's; None = nothing of its own."""

    def shown(self) -> None:
        """It comes to the front: bring it up to date."""

    def left(self) -> None:
        """Another screen comes to the front: what must not stay on this one goes."""

    def look_round(self) -> None:
        """Every few seconds: bring up to date what is seen from everywhere."""

    def view(self, look: Look) -> QWidget:
        """Build a view."""


class WithoutCards:
    """What `OpenScreen` is for a screen that takes no cards and has nothing waiting."""

    taker: CardTaker | None = None
    taker_of: TakerOf | None = None
    shows_cards = False
    wants_room = False
    holds_cards = False
    badge = 0

    def banner(self, _t: Translator) -> BannerState | None:
        """See `OpenScreen`."""
        return None

    def shown(self) -> None:
        """See `OpenScreen`."""

    def left(self) -> None:
        """See `OpenScreen`."""

    def look_round(self) -> None:
        """See `OpenScreen`."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One line of `SCREENS`.

    Attributes:
        title: English name, a message id. word: The short one on the rail.
        low: Stands at the foot of the rail.
        full_banner: The banner is shown in its full height.
    """

    code: str
    title: str
    word: str
    icon: str
    open: Callable[[Tools], OpenScreen]
    low: bool = False
    full_banner: bool = False
