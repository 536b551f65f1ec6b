"""The batch: a list and a bag of cards, one key for the loop."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from cardstation.i18n import Translator
from ui.card_place import CardTaker
from ui.card_places import TakerOf
from ui.look import Look
from ui.messages import Problem
from ui.parts.banner import BannerState
from ui.screens.batch.custody_page import BagPage
from ui.screens.batch.custody_wording import banner_of_bag
from ui.screens.batch.list_page import ListPage
from ui.screens.batch.lists_model import ListsModel
from ui.screens.batch.lists_pages import ListsPages
from ui.screens.batch.lists_state import Page
from ui.screens.batch.lists_wording import banner_before_money, banner_of_lists
from ui.screens.batch.model import BatchModel
from ui.screens.batch.money_page import MoneyPage
from ui.screens.batch.open_page import OpenPage
from ui.screens.batch.state import State
from ui.screens.batch.wording import banner_of, banner_of_list
from ui.screens.counter.state import Phase
from ui.screens.counter.wording import stopped_banner
from ui.screens.kind import Screen, Tools


class BatchView(QWidget):
    """The lists, or the batch that is open."""

    def __init__(self, model: BatchModel, lists: ListsModel, look: Look) -> None:
        super().__init__()
        self._model, self._over = model, lists
        self.lists, self.open = ListPage(model, lists, look), OpenPage(model, lists, look)
        self.over = ListsPages(lists, look)
        self.money = MoneyPage(model.money, look)
        self.bag = BagPage(model.bag, look)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.lists)
        self._pages.addWidget(self.open)
        self._pages.addWidget(self.over)
        self._pages.addWidget(self.money)
        self._pages.addWidget(self.bag)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self._pages)
        model.changed.connect(self._changed)
        lists.changed.connect(self._changed)
        model.money.changed.connect(self._changed)
        model.bag.changed.connect(self._changed)
        self.show_state(model.state)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        money = self._model.money.state
        bag = self._model.bag.state
        page: ListPage | OpenPage | MoneyPage | ListsPages | BagPage = self.open
        if state.standing is None:
            page = self.lists
        elif money.account is not None:
            page = self.money
        elif bag.batch_id:
            page = self.bag
        if self._over.state.page is not Page.NONE:
            page = self.over
        self.lists.show_state(state)
        self.open.show_state(state)
        self.over.show_state(self._over.state)
        self.money.show_state(money, counted=self._over.state.before_money != "count")
        self.bag.show_state(bag)
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
            page.table.setFocus()

    def _changed(self) -> None:
        self.show_state(self._model.state)


class BatchScreen(QObject):
    """See `OpenScreen`."""

    changed = Signal()
    wants_room = False

    def __init__(self, tools: Tools) -> None:
        super().__init__()
        self._place = tools.place
        self.model = BatchModel(tools)
        self.lists = ListsModel(tools, self.model)
        self.model.changed.connect(self.changed)
        self.lists.changed.connect(self.changed)
        self.model.bag.changed.connect(self.changed)
        self.model.money.changed.connect(self.changed)

    @property
    def taker(self) -> CardTaker | None:
        """See `OpenScreen`: at the door one card after another."""
        return self.lists.door if self.lists.state.page is Page.DOOR else None

    @property
    def taker_of(self) -> TakerOf | None:
        """See `OpenScreen`: cards are the batch's while one is open."""
        opened = self.model.state.standing is not None
        return self.model.lane if opened and self.taker is None else None

    @property
    def shows_cards(self) -> bool:
        """See `OpenScreen`: with several readers each has a tile; money needs the room."""
        opened = self.model.state.standing is not None and self.lists.state.page is Page.NONE
        money = self.model.money.state.account is not None and not self._place.present
        return opened and (money or len(self.model.state.lanes) > 1)

    @property
    def holds_cards(self) -> bool:
        """See `OpenScreen`."""
        return self.model.state.running

    @property
    def badge(self) -> int:
        """See `OpenScreen`."""
        return 0

    def subtitle(self, t: Translator) -> str:
        """See `OpenScreen`."""
        standing = self.model.state.standing
        if standing is None:
            return t("Lists of property managers and bags of cards")
        rows = t("{n} rows", n=sum(not one.line.withdrawn for one in standing.outcomes))
        return f"{standing.batch.name}    {t('Batch')} {standing.batch.batch_id}    {rows}"

    def banner(self, t: Translator) -> BannerState | None:
        """See `OpenScreen`."""
        state, trouble = self.model.state, self._place.trouble
        if self.lists.state.page is not Page.NONE and trouble is None:
            return banner_of_lists(self.lists, t)
        if self.model.bag.state.batch_id and trouble is None and state.phase is Phase.EMPTY:
            return banner_of_bag(self.model.bag.state, t)
        if state.standing is None:
            if trouble is not None:
                return stopped_banner(Problem.of(trouble), t)
            if state.listed is not None:
                return banner_of_list(state.listed, t)
            return BannerState("idle", t("Take in a list with F3"), icon="sheet")
        on_money = self.model.money.state.account is not None
        before = banner_before_money(self.lists, t, on_money=on_money)
        if before is not None and self._may_wait(state) and trouble is None:
            return before
        return banner_of(state, Problem.of(trouble) if trouble else None, t)

    def _may_wait(self, state: State) -> bool:
        """Nothing is paid that could be loaded, and no card lies there; its page asks for money."""
        idle = state.phase is Phase.EMPTY and not state.running
        if self.model.money.state.account is not None:
            return idle and self.lists.state.before_money == "count"
        return idle and state.counts.wants_money

    def shown(self) -> None:
        """See `OpenScreen`."""
        self.model.look()

    def left(self) -> None:
        """See `OpenScreen`."""

    def look_round(self) -> None:
        """See `OpenScreen`."""
        self.model.look_round()

    def view(self, look: Look) -> QWidget:
        """See `OpenScreen`."""
        return BatchView(self.model, self.lists, look)


SCREEN = Screen("batch", "Batch processing", "Batches", "batch", BatchScreen, full_banner=True)
