"""The counter: one card, one customer, one key."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from cardstation.i18n import Translator
from ui.card_place import CardTaker
from ui.look import Look
from ui.messages import Problem
from ui.parts.banner import BannerState
from ui.screens.counter.model import CounterModel
from ui.screens.counter.view import CounterView
from ui.screens.counter.wording import banner_of
from ui.screens.kind import Screen, Tools


class CounterScreen:
    """See `OpenScreen`."""

    holds_cards = False
    badge = 0
    taker_of = None
    shows_cards = False
    wants_room = False

    def __init__(self, tools: Tools) -> None:
        self._place = tools.place
        self.model = CounterModel(tools)

    @property
    def changed(self) -> SignalInstance:
        """See `OpenScreen`."""
        return self.model.changed

    @property
    def taker(self) -> CardTaker | None:
        """See `OpenScreen`."""
        return self.model

    def subtitle(self, t: Translator) -> str:
        """See `OpenScreen`."""
        return t("One card, one customer")

    def banner(self, t: Translator) -> BannerState | None:
        """See `OpenScreen`."""
        trouble = self._place.trouble
        return banner_of(self.model.state, Problem.of(trouble) if trouble else None, t)

    def shown(self) -> None:
        """See `OpenScreen`."""

    def left(self) -> None:
        """See `OpenScreen`."""

    def look_round(self) -> None:
        """See `OpenScreen`."""

    def view(self, look: Look) -> QWidget:
        """See `OpenScreen`."""
        return CounterView(self.model, look)


SCREEN = Screen("counter", "Counter", "Counter", "top-up", CounterScreen, full_banner=True)
