"""Exceptions: what is begun and not finished, with owner, age and the next step in words."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from cardstation.i18n import Translator
from ui.card_place import CardTaker
from ui.look import Look
from ui.messages import Problem
from ui.parts.banner import BannerState
from ui.screens.counter.state import Phase
from ui.screens.counter.wording import stopped_banner, waiting_banner
from ui.screens.exceptions.model import ExceptionsModel
from ui.screens.exceptions.state import Kind, Wanted
from ui.screens.exceptions.view import ExceptionsView
from ui.screens.kind import Screen, Tools


class ExceptionsScreen:
    """See `OpenScreen`."""

    taker_of = None
    shows_cards = False

    def __init__(self, tools: Tools) -> None:
        self.model = ExceptionsModel(tools)
        self.model.look()

    @property
    def changed(self) -> SignalInstance:
        """See `OpenScreen`."""
        return self.model.changed

    @property
    def taker(self) -> CardTaker | None:
        """See `OpenScreen`: only while a refund waits for its card."""
        return self.model if self.holds_cards else None

    @property
    def holds_cards(self) -> bool:
        """See `OpenScreen`."""
        return self.model.state.wanted is not None

    @property
    def badge(self) -> int:
        """See `OpenScreen`: what the centre looks at is listed, and does not wait for a clerk."""
        return sum(item.kind is not Kind.ENTRY for item in self.model.state.items or ())

    def subtitle(self, t: Translator) -> str:
        """See `OpenScreen`."""
        return t("Begun and not finished: {n}", n=self.badge)

    def banner(self, t: Translator) -> BannerState | None:
        """See `OpenScreen`."""
        wanted = self.model.state.wanted
        return None if wanted is None else refund_banner(wanted, t)

    def shown(self) -> None:
        """See `OpenScreen`."""
        self.model.look()

    def look_round(self) -> None:
        """See `OpenScreen`."""
        self.model.look()

    def view(self, look: Look) -> QWidget:
        """See `OpenScreen`."""
        return ExceptionsView(self.model, look)


def refund_banner(wanted: Wanted, t: Translator) -> BannerState:
    """What the banner says while a refund waits for its card."""
    if wanted.phase in (Phase.READING, Phase.WORKING):
        return waiting_banner(t, reading=True)
    if wanted.phase is Phase.DONE:
        line = t("Then choose the row and pay {money} out with F6.", money=wanted.money)
        return BannerState("done", t("Refund recorded: take the card"), line)
    if wanted.phase is Phase.STOPPED:
        return stopped_banner(wanted.problem or Problem("no_words"), t)
    line = t("Only this card proves that nothing was loaded. Esc gives up.")
    title = t("Refund: place the card ending in {tail}", tail=wanted.tail)
    return BannerState("idle", title, line)


SCREEN = Screen("exceptions", "Exceptions", "Exceptions", "exceptions", ExceptionsScreen)
