"""The desk window: rail, header, banner, messages and one screen at a time."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QScrollArea, QVBoxLayout, QWidget

from cardstation.domain.guides import REJOINABLE
from cardstation.i18n import translator
from cardstation.sentences import sentence
from ui.look import Look, app_icon
from ui.parts.banner import Banner, BannerState
from ui.parts.buttons import press_key
from ui.parts.footer import Footer
from ui.parts.header import Header, HeaderState
from ui.parts.key_map import KeyMap
from ui.parts.keys import key_groups
from ui.parts.message_strip import MessageStrip
from ui.parts.rail import Rail, RailItem
from ui.parts.two_people import ask_to_bring_back
from ui.screens import SCREENS
from ui.screens.kind import Screen
from ui.session import Session
from ui.theme import THEMES, L, M, style_sheet

SMALLEST = (1366, 768)
LOW = 750
"""Below this height, as with a title bar on the smallest screen, the banner is lower."""
REFRESH_MS = 3_000
SEND_MS = 2_000


class DeskWindow(QMainWindow):
    """Shows a `Session`; another language or theme builds the views again."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._views: dict[str, QWidget] = {}
        self._here, self._going = SCREENS[0].code, False
        self.setWindowIcon(app_icon())
        self.resize(*SMALLEST)
        self._look = self._chosen_look()
        self._build()
        session.tools.choices.look_changed.connect(self._other_look)
        session.status.changed.connect(self._draw)
        session.tools.place.changed.connect(self._card_moved)
        for code, live in session.screens.items():
            live.changed.connect(lambda code=code: self._screen_changed(code))
        self._timer = QTimer(self)
        self._timer.timeout.connect(session.status.refresh)
        self._timer.start(REFRESH_MS)
        self._sender = QTimer(self)
        self._sender.timeout.connect(session.look_round)
        self._sender.start(SEND_MS)
        session.status.refresh()

    @property
    def here(self) -> str:
        """Code of the screen that is shown."""
        return self._here

    @property
    def look(self) -> Look:
        """Theme and language of what is shown."""
        return self._look

    @property
    def banner(self) -> Banner:
        """The banner."""
        return self._banner

    def view(self, code: str = "") -> QWidget:
        """The view of a screen, by default the one shown; built when first asked for."""
        code = code or self._here
        if code not in self._views:
            made = self.session.screens[code].view(self._look)
            self._views[code] = made
            self._stack.addWidget(made)
            made.hide()
        return self._views[code]

    def go(self, code: str) -> None:
        """Show a screen."""
        self._here, self._going = code, True
        self.session.came_to(code)
        self._going = False
        wanted = self.view(code)
        for view in self._views.values():
            view.setVisible(view is wanted)
        self._rail.show_here(code)
        self._draw()
        QTimer.singleShot(0, self._place_strip)

    def show_keys(self) -> KeyMap:
        """The keyboard map over the window."""
        for old in self._body.findChildren(KeyMap):
            old.close_map()
        shown = KeyMap(self._look, key_groups(self._look.t), self._body)
        shown.setGeometry(self._body.rect())
        shown.show()
        shown.setFocus()
        return shown

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As Qt asks."""
        super().resizeEvent(event)
        for shown in self._body.findChildren(KeyMap):
            shown.setGeometry(self._body.rect())
        self._fit_banner()
        QTimer.singleShot(0, self._place_strip)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Lanes, courier, window: in this order; never while a card is being worked on."""
        if self.session.tools.place.busy:
            self.session.tools.board.say("Wait until the card is done, then close.", "warn")
            event.ignore()
            return
        self._timer.stop()
        self._sender.stop()
        self.session.close()
        super().closeEvent(event)

    # ── building ──

    def _chosen_look(self) -> Look:
        chosen = self.session.tools.choices.state
        return Look(THEMES[chosen.theme], translator(chosen.language))

    def _other_look(self) -> None:
        self._look = self._chosen_look()
        self._views.clear()
        self._build()

    def _build(self) -> None:
        look, t = self._look, self._look.t
        self.setWindowTitle(t("Gas Card Desk"))
        self.setStyleSheet(style_sheet(look.theme))
        self._rail = Rail(look, [_rail_item(look, n, s) for n, s in enumerate(SCREENS, start=1)])
        self._rail.chosen.connect(self.go)
        self._header, self._banner = Header(), Banner(look)
        self._body = QWidget()
        self._body.setObjectName("body")
        self._body.setMinimumWidth(1082)
        line = QHBoxLayout(self._body)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self._rail)
        line.addWidget(self._page(), 1)
        press_key(self._body, "F1", lambda: _drop(self.show_keys()))
        press_key(self._body, "Ctrl+L", self._other_language)
        press_key(self._body, "Ctrl+T", self._other_theme)
        press_key(self._body, "Ctrl+R", self._bring_back)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._body)
        self.setCentralWidget(scroll)
        self.go(self._here)

    def _page(self) -> QWidget:
        page = QWidget()
        page.setObjectName("page")
        self._stack = QVBoxLayout()
        self._stack.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(page)
        column.setContentsMargins(L, M, L, 16)
        column.setSpacing(M)
        column.addWidget(self._header)
        column.addWidget(self._banner)
        column.addLayout(self._stack, 1)
        self._sheet = page
        self._strip = MessageStrip(self.session.tools.board, self._look, page)
        self._strip.shown.connect(self._place_strip)
        return page

    def _place_strip(self) -> None:
        """A message never covers a button."""
        feet = [foot for foot in self.view().findChildren(Footer) if foot.isVisible()]
        if feet:
            at = feet[0].mapTo(self._sheet, QPoint(0, 0))
            self._strip.place(QRect(at, feet[0].size()), feet[0].hints_width)

    def _other_language(self) -> None:
        choices = self.session.tools.choices
        choices.choose_language("en" if choices.state.language == "zh_CN" else "zh_CN")

    def _other_theme(self) -> None:
        choices = self.session.tools.choices
        choices.choose_theme("dark" if choices.state.theme == "light" else "light")

    def _bring_back(self) -> None:
        """A station that stands still until two people have compared its records."""
        if self.session.status.hindrance not in REJOINABLE:
            return
        asked = ask_to_bring_back(self, self._look, self.session.tools.approver)
        if asked is not None:
            self.session.bring_back(*asked)

    # ── drawing ──

    def _card_moved(self) -> None:
        """A card brings its own screen to the front; one that lay there before does not."""
        if self.session.tools.place.present and not self._going:
            wanted = self.session.screen_of_cards()
            if wanted != self._here:
                self.go(wanted)
        self._draw()

    def _screen_changed(self, code: str) -> None:
        if code == self._here or self.session.screens[code].holds_cards:
            self._draw()
            QTimer.singleShot(0, self._place_strip)
        self._rail.show_badge(code, self.session.screens[code].badge)

    def _draw(self) -> None:
        self._draw_header()
        self._fit_banner()
        self._banner.show_state(self._banner_state())

    def _fit_banner(self) -> None:
        low = self.height() < LOW
        here = self.session.screens[self._here]
        full = (_screen(self._here).full_banner and not here.wants_room) or here.holds_cards
        self._banner.set_height(compact=not full, low=low)
        self._banner.setVisible(not here.shows_cards)

    def _draw_header(self) -> None:
        t = self._look.t
        live = self.session.screens[self._here]
        title, subtitle = t(_screen(self._here).title), live.subtitle(t)
        self._header.show_state(HeaderState(title, subtitle, self.session.status.chips(t)))

    def _banner_state(self) -> BannerState:
        t = self._look.t
        of_cards = self.session.screens[self.session.screen_of_cards()]
        here = self.session.screens[self._here]
        own = None if self.session.tools.place.present else here.banner(t)
        said = own or of_cards.banner(t) or BannerState("idle", t("Place a card in the reader"))
        hindrance = self.session.status.hindrance
        if said.kind == "idle" and hindrance and here.taker is not None and not here.holds_cards:
            told = sentence(hindrance, {}, t)
            back = t("Two people bring the station back, each with their own PIN: Ctrl+R.")
            todo = back if hindrance in REJOINABLE else told.todo
            return BannerState("needs_you", told.brief, todo, icon="stop")
        return said


def _drop(_made: object) -> None:
    """For what only has to happen."""


def _screen(code: str) -> Screen:
    return next(screen for screen in SCREENS if screen.code == code)


def _rail_item(look: Look, number: int, screen: Screen) -> RailItem:
    return RailItem(screen.code, look.t(screen.word), screen.icon, f"Ctrl+{number}", screen.low)
