"""The pages for lists, one over the other; `table` is what gets the keys of the one shown."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.look import Look
from ui.screens.batch.compare_page import ComparePage
from ui.screens.batch.door_page import DoorPage
from ui.screens.batch.headings_page import HeadingsPage
from ui.screens.batch.lists_model import ListsModel
from ui.screens.batch.lists_state import ListsState, Page
from ui.screens.batch.paste_page import PastePage
from ui.screens.batch.row_page import RowPage

_Page = PastePage | HeadingsPage | ComparePage | RowPage | DoorPage


class ListsPages(QStackedWidget):
    """Draws the page that is open."""

    def __init__(self, model: ListsModel, look: Look) -> None:
        super().__init__()
        self.paste = PastePage(model, look)
        self.headings = HeadingsPage(model, look)
        self.compare = ComparePage(model, look)
        self.row = RowPage(model.row, look)
        self.door = DoorPage(model, look)
        self._pages: dict[Page, _Page] = {
            Page.PASTE: self.paste,
            Page.HEADINGS: self.headings,
            Page.COMPARE: self.compare,
            Page.ROW: self.row,
            Page.DOOR: self.door,
        }
        for page in self._pages.values():
            self.addWidget(page)
        self._shown = Page.NONE

    @property
    def table(self) -> QWidget:
        """What gets the keys of the page that is shown."""
        page = self._pages.get(self._shown)
        return self if page is None else page.focus_here

    def show_state(self, state: ListsState) -> None:
        """Draw another state; a page that was left forgets its text."""
        for page in self._pages.values():
            page.show_state(state)
        if state.page is self._shown:
            return
        if self._shown is Page.PASTE:
            self.paste.clear()
        self._shown = state.page
        page_now = self._pages.get(state.page)
        if page_now is not None:
            self.setCurrentWidget(page_now)
            page_now.focus_here.setFocus()
