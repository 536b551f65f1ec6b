"""Services at the counter (业务办理): one household, its facts, and what can be done for it."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from cardstation.i18n import Translator
from ui.card_place import CardTaker
from ui.look import Look
from ui.messages import Problem
from ui.parts.banner import BannerState
from ui.screens.household.model import HouseholdModel
from ui.screens.household.state import Phase
from ui.screens.household.view import HouseholdView
from ui.screens.household.wording import banner_of
from ui.screens.kind import Screen, Tools


class HouseholdScreen:
    """See `OpenScreen`."""

    holds_cards = False
    badge = 0
    taker_of = None
    shows_cards = False

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self.model = HouseholdModel(tools)

    @property
    def wants_room(self) -> bool:
        """See `OpenScreen`: a form, and what will happen, in one look."""
        return self.model.state.phase is Phase.FORM

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
        return t("One household, and what can be done for it")

    def banner(self, t: Translator) -> BannerState | None:
        """See `OpenScreen`."""
        trouble, torn = self._tools.place.trouble, self._tools.unfinished.torn
        return banner_of(self.model.state, Problem.of(trouble) if trouble else None, torn, t)

    def shown(self) -> None:
        """See `OpenScreen`."""

    def left(self) -> None:
        """See `OpenScreen`."""
        self.model.forget()

    def look_round(self) -> None:
        """See `OpenScreen`."""

    def view(self, look: Look) -> QWidget:
        """See `OpenScreen`."""
        return HouseholdView(self.model, look)


SCREEN = Screen(
    "household", "Services at the counter", "Services", "home", HouseholdScreen, full_banner=True
)
