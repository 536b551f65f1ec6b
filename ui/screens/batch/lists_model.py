"""The verbs of lists: paste, explain headings, compare, decide rows, and make one at the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from cardstation.domain.batch import Batch, Whose
from cardstation.domain.revision import ChangeKind, Comparison
from cardstation.domain.shift import Approval
from cardstation.errors import CardStationError
from cardstation.services.lists.entry import KeyedRow
from cardstation.services.lists.reading import Heading, HouseholdList
from cardstation.services.lists.taking import AS_WRITTEN
from ui.approver import Approver
from ui.screens.batch.door_model import DoorModel
from ui.screens.batch.lists_state import ListsState, Page
from ui.screens.batch.model import BatchModel
from ui.screens.batch.row_model import RowModel
from ui.screens.kind import Tools

T = TypeVar("T")
_UNREAD = ("list_without_header", "sheet_not_understood")


class ListsModel(QObject):
    """Owns the pages that lie over the batch screen.

    Attributes:
        changed: Emitted after every change of `state`, of the row's and of the door's.
        row: The page of one row. door: The page at the door; takes cards while it is open.
    """

    changed = Signal()

    def __init__(self, tools: Tools, batch: BatchModel) -> None:
        super().__init__()
        self._tools, self._services, self._batch = tools, tools.services.lists, batch
        self._state = ListsState()
        self.row, self.door = RowModel(tools, self), DoorModel(tools, self)
        for part in (self.row, self.door):
            part.changed.connect(self.changed)
        batch.changed.connect(self._follow)
        batch.unread.connect(self._unread)

    @property
    def approver(self) -> Approver:
        """The way to a second person."""
        return self._tools.approver

    @property
    def state(self) -> ListsState:
        """What is shown."""
        return self._state

    # ── pages ──

    def show_row(self) -> None:
        """One row in full lies over the batch."""
        self._set(page=Page.ROW)

    def look(self) -> None:
        """Look the batch up again."""
        self._batch.look()

    def close(self) -> None:
        """Esc: back to the lists or the batch; a card at the door is left as it is."""
        if not self._state.busy:
            self.row.forget()
            self.door.forget()
            self._set(page=Page.NONE, found=None, comparison=None, path=None, manager="")
            self._batch.look()

    def paste(self) -> None:
        """F2: a box for chat text; over an open batch it is a newer list of it."""
        self._tools.board.clear()
        self._set(page=Page.PASTE)

    def take_text(self, text: str) -> None:
        """Take pasted text in, or lay it beside the batch that is open."""
        if self._state.standing is not None:
            self.newer(text)
        else:
            self._take(lambda: self._services.paste(text, Whose()))

    def newer_file(self) -> None:
        """F3 over an open batch: ask for a newer list of it and lay it beside."""
        path = self._tools.ask_file("")
        if path is not None:
            self.newer(path)

    def newer(self, source: Path | str, columns: Mapping[str, str] = AS_WRITTEN) -> None:
        """Lay a newer list, a file or chat text, beside the batch that is open.

        Headings that nobody understood are asked for, and the list comes again with `columns`.
        """
        standing = self._state.standing
        if standing is None or self._state.busy:
            return
        self._set(busy=True)
        batch_id = standing.batch.batch_id

        def shown(found: tuple[HouseholdList, Comparison]) -> None:
            newer, against = found
            page = Page.COMPARE
            self._set(busy=False, page=page, found=newer, comparison=against, explained=columns)

        def refused(error: CardStationError) -> None:
            self._refused(error)
            if error.code in _UNREAD and isinstance(source, Path) and not columns:
                self._unread(source)

        work = partial(self._services.compare, batch_id, source, columns)
        self._tools.desk.ask(work, shown, refused)

    def take_revision(self) -> None:
        """Take what is compared; what money or a card is in stays."""
        found, shown = self._state.found, self._state.comparison
        if found is None or shown is None or self._state.busy or not shown.says_something:
            return
        self._set(busy=True)

        def taken(done: Comparison) -> None:
            self._set(busy=False)
            self.close()
            self._tools.board.say(
                "Newer list taken: {new} new, {changed} changed, {gone} gone, {kept} stay.",
                "ok",
                new=done.count(ChangeKind.NEW),
                changed=done.count(ChangeKind.CHANGED),
                gone=done.count(ChangeKind.GONE),
                kept=done.count(ChangeKind.KEPT),
            )

        columns = self._state.explained
        self._ask(lambda: self._services.revise(shown.batch_id, found, shown, columns), taken)

    # ── headings ──

    def _unread(self, path: Path) -> None:
        """A new list; whose it is, only the batch that it revises tells."""
        standing = self._state.standing
        self._set(path=path, manager=standing.batch.manager if standing else "")
        self._ask_headings(path)

    def _ask_headings(self, path: Path) -> None:
        def told(found: tuple[Heading, ...]) -> None:
            if found:
                self._tools.board.clear()
                explained = {one.word: one.holds.value for one in found if one.holds}
                self._set(page=Page.HEADINGS, path=path, headings=found, explained=explained)

        self._ask(lambda: self._services.headings(path, self._state.manager), told)

    def name_manager(self, manager: str) -> None:
        """Whose list it is: headings learned from this manager are filled in."""
        manager, path = manager.strip(), self._state.path
        if manager == self._state.manager or path is None:
            return
        self._set(manager=manager)
        self._ask_headings(path)

    def explain(self, word: str, holds: str) -> None:
        """What a heading means; empty = nothing the station uses."""
        left = {known: what for known, what in self._state.explained.items() if known != word}
        self._set(explained={**left, word: holds} if holds else left)

    def take_explained(self) -> None:
        """Take the list in with its headings explained; they are remembered for the manager.

        Over an open batch it is a newer list of it: compared first.
        """
        path, manager = self._state.path, self._state.manager
        columns = dict(self._state.explained)
        if path is not None and self._state.standing is not None:
            self.newer(path, columns)
        elif path is not None:
            self._take(lambda: self._services.take_in(path, Whose(manager=manager), columns))

    def _take(self, work: Callable[[], Batch]) -> None:
        if self._state.busy:
            return
        self._set(busy=True)

        def taken(batch: Batch) -> None:
            self._set(busy=False, page=Page.NONE, path=None, manager="")
            self._batch.open(batch.batch_id)

        self._ask(work, taken)

    # ── the second person, and whose bag it is ──

    def count(self, rows: tuple[KeyedRow, ...], approval: Approval) -> None:
        """A second person keyed the typed rows again."""
        standing = self._state.standing
        if standing is None:
            return
        batch_id = standing.batch.batch_id

        def agreed(_none: None) -> None:
            self._tools.board.say("Counted by {name}: it agrees.", "ok", name=approval.name)
            self._look_at_entry()

        self._ask(lambda: self._services.count(batch_id, rows, approval), agreed)

    def file(self, whose: Whose) -> None:
        """Say whose bag it is."""
        standing = self._state.standing
        if standing is not None:
            batch_id = standing.batch.batch_id
            self._ask(
                lambda: self._services.file(batch_id, whose), lambda _batch: self._batch.look()
            )

    def open_door(self, name: str) -> None:
        """F12: cards in the reader add their households, to the open batch or to a new one."""
        self._tools.board.clear()
        if self._state.standing is not None:
            self._set(page=Page.DOOR)
            return

        def begun(batch: Batch) -> None:
            self._batch.open(batch.batch_id)
            self._set(page=Page.DOOR)

        self._ask(lambda: self._services.begin_door(name, Whose()), begun)

    # ── what comes back ──

    def _follow(self) -> None:
        standing = self._batch.state.standing
        known = self._state.standing
        self._set(standing=standing)
        if standing is None:
            self._set(page=Page.NONE if known else self._state.page)
        elif known is None or known.batch != standing.batch:
            self._look_at_entry()

    def _look_at_entry(self) -> None:
        standing = self._state.standing
        if standing is not None:
            batch_id = standing.batch.batch_id
            self._ask(lambda: self._services.entry(batch_id), lambda found: self._set(entry=found))

    def _ask(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        self._tools.desk.ask(work, then, self._refused)

    def _refused(self, error: CardStationError) -> None:
        self._tools.board.tell(error)
        self._set(busy=False)

    def _set(self, **changes: object) -> None:
        state = replace(self._state, **changes)  # type: ignore[arg-type]  # names of ListsState
        if state != self._state:
            self._state = state
            self.changed.emit()
