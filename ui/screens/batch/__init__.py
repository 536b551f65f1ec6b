"""The batch: a list and a bag of cards, one key for the loop."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from cardstation.i18n import Translator
from ui.card_places import TakerOf
from ui.look import Look
from ui.messages import Problem
from ui.parts.banner import BannerState
from ui.screens.batch.list_page import ListPage
from ui.screens.batch.model import BatchModel
from ui.screens.batch.open_page import OpenPage
from ui.screens.batch.state import State
from ui.screens.batch.wording import banner_of
from ui.screens.counter.wording import stopped_banner
from ui.screens.kind import Screen, Tools


class BatchView(QWidget):
    """The lists, or the batch that is open."""

    def __init__(self, model: BatchModel, look: Look) -> None:
        super().__init__()
        self._model = model
        self.lists, self.open = ListPage(model, look), OpenPage(model, look)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.lists)
        self._pages.addWidget(self.open)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self._pages)
        model.changed.connect(self._changed)
        self.show_state(model.state)

    def show_state(self, state: State) -> None:
        """Draw another state."""
        page = self.lists if state.standing is None else self.open
        self.lists.show_state(state)
        self.open.show_state(state)
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
            page.table.setFocus()

    def _changed(self) -> None:
        self.show_state(self._model.state)


class BatchScreen:
    """See `OpenScreen`."""

    taker = None

    def __init__(self, tools: Tools) -> None:
        self._place = tools.place
        self.model = BatchModel(tools)

    @property
    def changed(self) -> SignalInstance:
        """See `OpenScreen`."""
        return self.model.changed

    @property
    def taker_of(self) -> TakerOf | None:
        """See `OpenScreen`: cards are the batch's while one is open."""
        return self.model.lane if self.model.state.standing is not None else None

    @property
    def shows_cards(self) -> bool:
        """See `OpenScreen`: with several readers each has a tile."""
        return self.model.state.standing is not None and len(self.model.state.lanes) > 1

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
        rows = t("{n} rows", n=len(standing.outcomes))
        return f"{standing.batch.name}    {t('Batch')} {standing.batch.batch_id}    {rows}"

    def banner(self, t: Translator) -> BannerState | None:
        """See `OpenScreen`."""
        state, trouble = self.model.state, self._place.trouble
        if state.standing is None:
            if trouble is not None:
                return stopped_banner(Problem.of(trouble), t)
            said = t("Or open one that is there already.")
            return BannerState("idle", t("Take in a list with F3"), said, icon="sheet")
        return banner_of(state, Problem.of(trouble) if trouble else None, t)

    def shown(self) -> None:
        """See `OpenScreen`."""
        self.model.look()

    def look_round(self) -> None:
        """See `OpenScreen`."""
        self.model.look_round()

    def view(self, look: Look) -> QWidget:
        """See `OpenScreen`."""
        return BatchView(self.model, look)


SCREEN = Screen("batch", "Batch processing", "Batches", "batch", BatchScreen, full_banner=True)
