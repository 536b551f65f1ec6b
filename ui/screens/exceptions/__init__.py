"""Exceptions: what is begun and not finished, the worst first, each with the way to its end."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from cardstation.i18n import Translator
from ui.card_place import CardTaker
from ui.look import Look
from ui.messages import Problem
from ui.parts.banner import BannerState
from ui.screens.exceptions.lying import LyingCard
from ui.screens.exceptions.model import ExceptionsModel
from ui.screens.exceptions.orders_model import OrdersModel
from ui.screens.exceptions.orders_page import BothLists
from ui.screens.exceptions.view import ExceptionsView
from ui.screens.exceptions.wording import card_banner, empty_banner, refund_banner
from ui.screens.kind import Screen, Tools


class ExceptionsScreen:
    """See `OpenScreen`."""

    taker_of = None
    shows_cards = False
    wants_room = False

    def __init__(self, tools: Tools) -> None:
        self._place = tools.place
        self.model = ExceptionsModel(tools)
        self._lying = LyingCard(tools, self.model)
        self.orders = OrdersModel(tools)
        self.orders.changed.connect(self.model.changed)
        self.model.look()
        self.orders.look()

    @property
    def changed(self) -> SignalInstance:
        """See `OpenScreen`."""
        return self.model.changed

    @property
    def taker(self) -> CardTaker:
        """See `OpenScreen`: a refund waits for its card; any other finds its own row."""
        return self.model if self.holds_cards else self._lying

    @property
    def holds_cards(self) -> bool:
        """See `OpenScreen`."""
        return self.model.state.wanted is not None

    @property
    def badge(self) -> int:
        """See `OpenScreen`: what the centre looks at is listed, and does not wait for a clerk."""
        return sum(one.waits_here for one in self.model.state.items or ())

    def subtitle(self, t: Translator) -> str:
        """See `OpenScreen`."""
        if self.orders.state.shown:
            told = self.orders.state
            return t("Paid orders: {n}, overdue: {late}", n=len(told.orders), late=told.overdue)
        items, here = self.model.state.items or (), self.badge
        late = sum(one.overdue and one.waits_here for one in items)
        said = t("Begun and not finished: {n}", n=here)
        if late:
            said = t("Begun and not finished: {n}, overdue: {late}", n=here, late=late)
        away = len(items) - here
        return said + (t("; at the centre: {n}", n=away) if away else "")

    def banner(self, t: Translator) -> BannerState:
        """See `OpenScreen`."""
        state, trouble = self.model.state, self._place.trouble
        if state.wanted is not None:
            return refund_banner(state.wanted, t)
        if state.lying is not None:
            return card_banner(state.lying, state, t)
        return empty_banner(Problem.of(trouble) if trouble else None, t)

    def shown(self) -> None:
        """See `OpenScreen`."""
        self.model.look()
        self.orders.look()

    def left(self) -> None:
        """See `OpenScreen`."""

    def look_round(self) -> None:
        """See `OpenScreen`: never while a card is being worked on, it has the machine."""
        if not self._place.busy:
            self.model.look()
            self.orders.look()

    def view(self, look: Look) -> QWidget:
        """See `OpenScreen`."""
        return BothLists(ExceptionsView(self.model, look), self.orders, look)


SCREEN = Screen("exceptions", "Exceptions", "Exceptions", "exceptions", ExceptionsScreen)
